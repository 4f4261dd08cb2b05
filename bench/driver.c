/*
 * Starts programs and measures them from outside. It is C because the parent shows in what is measured: a process forked
 * from Node begins with Node's memory in its ru_maxrss and pays for Node's page tables.
 *
 *   driver time  [-n ROUNDS] -- NAME COMMAND ARG... [-- NAME COMMAND ARG...]...
 *   driver first [-n ROUNDS] -- ...              on a pty, from the fork to the first line that names TARGET
 *   driver storm [-n ROUNDS] [-c EXECS] -- ...   EXECS of "TARGET storm", output to a file; the command "none" is no tool
 *
 * Every round runs each command once, in order. Prints one JSON line a run; README.md has the keys.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TARGET "/bin/true"
#define MAX_COMMANDS 32
#define WORKERS 2
#define RUN_LIMIT_MS 120000   /* a whole process */
#define FIRST_LIMIT_MS 15000  /* to the first event */
#define STOP_LIMIT_NS 10000000000ull
#define SETTLE_US 3000000     /* a tool's start before a storm */
#define DRAIN_US 1000000      /* what a tool may still read after it */

struct command {
	const char *name;
	char **argv;
};

static char text[1 << 16];

static void die(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("driver: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static double cpu_ms(const struct rusage *usage)
{
	return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e3 +
	       (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e3;
}

/* Exit status as a shell tells it. */
static int shell_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void run_or_leave(char **argv)
{
	execvp(argv[0], argv);
	_exit(127);
}

/* ns on CPU of all live threads, to the nanosecond; wait4 alone would count from the start, and in larger steps. */
static uint64_t threads_cpu_ns(pid_t pid)
{
	char path[300];
	struct dirent *entry;
	uint64_t sum = 0, ns;
	DIR *threads;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	threads = opendir(path);
	if (!threads)
		return 0;
	while ((entry = readdir(threads))) {
		FILE *file;

		if (entry->d_name[0] == '.') /* ".." has the main thread's schedstat: it would count twice */
			continue;
		snprintf(path, sizeof(path), "/proc/%d/task/%.20s/schedstat", pid, entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fscanf(file, "%lu", &ns) == 1)
			sum += ns;
		fclose(file);
	}
	closedir(threads);
	return sum;
}

/* One exec of TARGET. */
static void exec_target(char *argument)
{
	static char target[] = TARGET;
	char *argv[] = { target, argument, NULL };
	/* A program that reads the strings at the system call can't bring their pages in: they must be there. */
	volatile char touched = target[0] + argument[0];
	pid_t pid;

	(void)touched;
	pid = vfork();
	if (pid == 0) {
		execv(target, argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static pid_t start_target_loop(void)
{
	static char argument[] = "first";
	pid_t pid = fork();

	if (pid < 0)
		die("fork: %s", strerror(errno));
	while (pid == 0) {
		exec_target(argument);
		usleep(1000);
	}
	return pid;
}

/* Sends SIGINT and waits for the end, emptying the pty meanwhile, if there is one; SIGKILL after STOP_LIMIT_NS. */
static int stop(pid_t pid, int pty, struct rusage *usage)
{
	uint64_t start = now_ns();
	int status;

	kill(pid, SIGINT);
	if (pty >= 0)
		fcntl(pty, F_SETFL, O_NONBLOCK);
	while (wait4(pid, &status, WNOHANG, usage) == 0) {
		while (pty >= 0 && read(pty, text, sizeof(text)) > 0)
			continue;
		if (now_ns() - start > STOP_LIMIT_NS)
			kill(pid, SIGKILL);
		usleep(200);
	}
	return shell_status(status);
}

/* The last line in `length` bytes of text, if it is a JSON object; else null. */
static const char *last_object(size_t length)
{
	char *line;

	while (length > 0 && text[length - 1] == '\n')
		length--;
	text[length] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return *line == '{' ? line : "null";
}

/* A function of its own, so that nothing the parent keeps in registers is shared with the child. */
static __attribute__((noinline)) pid_t start_piped(char **argv, const int *pipe_fds)
{
	pid_t pid = vfork();

	if (pid == 0) {
		dup2(pipe_fds[1], STDOUT_FILENO);
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		run_or_leave(argv);
	}
	return pid;
}

static void measure_whole(const struct command *command)
{
	struct rusage usage;
	size_t length = 0;
	uint64_t start;
	int fds[2], status;
	ssize_t got;
	pid_t pid;

	if (pipe(fds))
		die("pipe: %s", strerror(errno));
	start = now_ns();
	pid = start_piped(command->argv, fds);
	if (pid < 0)
		die("vfork: %s", strerror(errno));
	close(fds[1]);
	for (;;) {
		struct pollfd readable = { .fd = fds[0], .events = POLLIN };

		if (poll(&readable, 1, RUN_LIMIT_MS) == 0)
			kill(pid, SIGKILL);
		got = read(fds[0], text + length, sizeof(text) - 1 - length);
		if (got <= 0)
			break;
		length += got;
		if (length > sizeof(text) / 2) { /* only the last line counts */
			memmove(text, text + length - 4096, 4096);
			length = 4096;
		}
	}
	wait4(pid, &status, 0, &usage);
	start = now_ns() - start;
	close(fds[0]);
	printf("{\"name\":\"%s\",\"wall_ms\":%.3f,\"cpu_ms\":%.3f,\"maxrss_kb\":%ld,\"status\":%d,\"out\":%s}\n", command->name,
	       start / 1e6, cpu_ms(&usage), usage.ru_maxrss, shell_status(status), last_object(length));
}

static void measure_first(const struct command *command)
{
	uint64_t start, first, on_cpu, end;
	struct rusage usage;
	size_t length = 0;
	int pty, is_seen = 0, status;
	pid_t pid, loop = start_target_loop();

	usleep(50000);
	start = now_ns();
	pid = forkpty(&pty, NULL, NULL, NULL);
	if (pid < 0)
		die("forkpty: %s", strerror(errno));
	if (pid == 0)
		run_or_leave(command->argv);
	while (!is_seen && length < sizeof(text) - 1) {
		struct pollfd readable = { .fd = pty, .events = POLLIN };
		ssize_t got;

		if (poll(&readable, 1, FIRST_LIMIT_MS) <= 0)
			break;
		got = read(pty, text + length, sizeof(text) - 1 - length);
		if (got <= 0)
			break;
		length += got;
		text[length] = '\0';
		is_seen = strstr(text, TARGET) != NULL;
	}
	first = now_ns() - start;
	on_cpu = threads_cpu_ns(pid);
	kill(loop, SIGKILL);
	waitpid(loop, NULL, 0);
	if (!is_seen)
		fprintf(stderr, "%s: no line named %s; it wrote: %.*s\n", command->name, TARGET, (int)length, text);
	end = now_ns();
	status = stop(pid, pty, &usage);
	end = now_ns() - end;
	close(pty);
	printf("{\"name\":\"%s\",\"ok\":%d,\"first_event_ms\":%.3f,\"cpu_to_first_ms\":%.3f,\"stop_ms\":%.3f,\"maxrss_kb\":%ld,\"status\":%d}\n",
	       command->name, is_seen, first / 1e6, on_cpu / 1e6, end / 1e6, usage.ru_maxrss, status);
}

/* Runs the storm's execs. @returns how long it took, in ns */
static uint64_t storm(int execs)
{
	static char argument[] = "storm";
	uint64_t start = now_ns();
	pid_t workers[WORKERS];

	for (int i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		if (workers[i] < 0)
			die("fork: %s", strerror(errno));
		if (workers[i] > 0)
			continue;
		for (int k = 0; k < execs / WORKERS; k++)
			exec_target(argument);
		_exit(0);
	}
	for (int i = 0; i < WORKERS; i++)
		waitpid(workers[i], NULL, 0);
	return now_ns() - start;
}

static void measure_storm(const struct command *command, int execs)
{
	int has_tool = strcmp(command->argv[0], "none") != 0;
	uint64_t before = 0, after = 0, took;
	struct rusage usage = { 0 };
	FILE *output = tmpfile();
	long seen = 0;
	pid_t pid = 0;
	int status = 0;

	if (!output)
		die("temporary file: %s", strerror(errno));
	execs -= execs % WORKERS;
	if (has_tool) {
		pid = fork();
		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (pid == 0) {
			dup2(fileno(output), STDOUT_FILENO);
			run_or_leave(command->argv);
		}
		usleep(SETTLE_US);
		before = threads_cpu_ns(pid);
	}
	took = storm(execs);
	if (has_tool) {
		usleep(DRAIN_US);
		after = threads_cpu_ns(pid);
		status = stop(pid, -1, &usage);
	}
	rewind(output);
	while (fgets(text, sizeof(text), output))
		seen += strstr(text, TARGET) && strstr(text, "storm");
	fclose(output);
	printf("{\"name\":\"%s\",\"execs\":%d,\"seen\":%ld,\"lost\":%ld,\"storm_ms\":%.1f,\"execs_per_s\":%.0f,"
	       "\"tool_cpu_ms\":%.2f,\"tool_cpu_us_per_exec\":%.2f,\"maxrss_kb\":%ld,\"status\":%d}\n",
	       command->name, execs, seen, has_tool ? execs - seen : 0, took / 1e6, execs / (took / 1e9), (after - before) / 1e6,
	       (after - before) / 1e3 / execs, usage.ru_maxrss, status);
}

/* Tools of the first and storm modes may want tracefs; where it isn't mounted, it is here, for this process and its children alone. */
static void provide_tracefs(void)
{
	if (!access("/sys/kernel/tracing/events", F_OK) || !access("/sys/kernel/debug/tracing/events", F_OK))
		return;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL))
		fprintf(stderr, "driver: tracefs isn't mounted and can't be: %s\n", strerror(errno));
}

/* Splits the arguments at each "--". @returns the number of commands */
static int split_commands(int argc, char **argv, int i, struct command *commands)
{
	int count = 0;

	for (; i < argc; i++) {
		if (strcmp(argv[i], "--"))
			continue;
		argv[i] = NULL;
		if (i + 2 >= argc)
			die("\"--\" wants a name and a command after it");
		if (count == MAX_COMMANDS)
			die("more than %d commands", MAX_COMMANDS);
		commands[count++] = (struct command){ argv[i + 1], argv + i + 2 };
	}
	return count;
}

int main(int argc, char **argv)
{
	struct command commands[MAX_COMMANDS];
	const char *mode = argc > 1 ? argv[1] : "";
	int rounds = 9, execs = 4000, i = 2, count;

	for (; i + 1 < argc && strcmp(argv[i], "--"); i += 2) {
		if (!strcmp(argv[i], "-n"))
			rounds = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "-c"))
			execs = atoi(argv[i + 1]);
		else
			die("unknown option %s", argv[i]);
	}
	count = split_commands(argc, argv, i, commands);
	if (count == 0 || rounds < 1 || execs < WORKERS || (strcmp(mode, "time") && strcmp(mode, "first") && strcmp(mode, "storm")))
		die("usage: driver time|first|storm [-n ROUNDS] [-c EXECS] -- NAME COMMAND ARG... [-- NAME COMMAND ARG...]...");
	if (strcmp(mode, "time"))
		provide_tracefs();
	for (int round = 0; round < rounds; round++)
		for (int c = 0; c < count; c++) {
			if (!strcmp(mode, "time"))
				measure_whole(&commands[c]);
			else if (!strcmp(mode, "first"))
				measure_first(&commands[c]);
			else
				measure_storm(&commands[c], execs);
			fflush(stdout);
		}
	return 0;
}
