// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Tells of each exec. A successful one is seen where the kernel has made it so (sched_process_exec): whatever the system
 * call, the caller's thread or its word size, and with the arguments read from the new process's own stack, where
 * the kernel has just put them. A failed one is seen by the exit of its system call, and only on request.
 */
#include <ebpf_ts/bpf.h>
#include <ebpf_ts/ringbuf.h>

#define ARG_BYTES 129	  /* sent of an argument or path, NUL included: one more than is shown, which tells that it is longer */
#define MAX_ARGS 60
#define INTERPRETER_ARGS 12 /* most that scripts, five deep, put before the script's own arguments */
#define DATA_BYTES 16384
#define MAX_CHUNKS 128 /* of DATA_BYTES: 2 MiB */
#define MAX_PATH_NAMES 48
#define NAME_BYTES 256
#define AT_FDCWD (-100)

/* Keeps the compiler from deriving what comes after from what came before: it would check one copy of a number and use another. */
#define HIDE(number) asm volatile("" : "+r"(number))

/* Kinds of record. The details of an exec come before the exec itself. */
enum { RECORD_EXEC, RECORD_ARGS, RECORD_ENV, RECORD_CWD };

/* The arguments begin with an interpreter's. */
#define FLAG_SCRIPT 1

/*
 * One record of the ring; only the first data_bytes of data are sent.
 * EXEC: path, then the arguments, each ended by NUL. ARGS, ENV: the next piece of the process's own block.
 * CWD: names from the innermost directory to the root, each ended by NUL.
 */
struct record {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	__s32 ret;
	__u32 argc;	  /* arguments there are; of a failed exec at most one more than were read */
	__u32 block_bytes; /* length of the whole block that ARGS and ENV are pieces of */
	__s32 dirfd;	  /* of a failed execveat, else AT_FDCWD */
	__u32 data_bytes;
	__u16 args_read; /* arguments in data */
	__u8 kind;
	__u8 flags;
	char comm[16];
	char data[DATA_BYTES + NAME_BYTES]; /* room for a last string */
};

struct pending_exec {
	const char *path;
	const char *const *argv;
	__s64 dirfd;
};

struct mm_struct {
	unsigned long start_stack;
	unsigned long task_size;
	unsigned long arg_start, arg_end, env_start, env_end;
} KERNEL_TYPE;

struct qstr {
	const unsigned char *name;
} KERNEL_TYPE;

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
} KERNEL_TYPE;

struct vfsmount {
	struct dentry *mnt_root;
} KERNEL_TYPE;

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
} KERNEL_TYPE;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} KERNEL_TYPE;

struct fs_struct {
	struct path root, pwd;
} KERNEL_TYPE;

struct task_struct {
	struct task_struct *real_parent;
	int tgid;
	struct mm_struct *mm;
	struct fs_struct *fs;
} KERNEL_TYPE;

struct linux_binprm {
	const char *interp;
	const char *filename;
} KERNEL_TYPE;

struct trace_event_raw_sys_enter {
	unsigned long args[6];
} KERNEL_TYPE;

struct trace_event_raw_sys_exit {
	long ret;
} KERNEL_TYPE;

const volatile bool filter_uid = false;
const volatile __u32 wanted_uid = 0;
const volatile bool filter_cgroup = false;
const volatile bool follow_failed = false;
const volatile __u32 max_args = 20;
const volatile bool send_args = false;
const volatile bool send_env = false;
const volatile bool send_cwd = false;

COUNTED_RINGBUF(events, 512 * 1024);

struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cgroups SEC(".maps");

/* Too large for the stack; a tracepoint's program isn't interrupted by itself on its CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} scratch SEC(".maps");

/* Execs under way, by thread: removed by the system call's exit, or when the exec has succeeded. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 10240);
	__type(key, __u32);
	__type(value, struct pending_exec);
} pending SEC(".maps");

static __always_inline bool is_wanted(void)
{
	if (filter_cgroup && bpf_current_task_under_cgroup(&cgroups, 0) != 1)
		return false;
	return !filter_uid || (__u32)bpf_get_current_uid_gid() == wanted_uid;
}

static __always_inline struct record *new_record(struct task_struct *task, __u8 kind)
{
	__u32 zero = 0;
	struct record *record = bpf_map_lookup_elem(&scratch, &zero);
	struct task_struct *parent;

	if (!record)
		return NULL;
	parent = KERNEL_READ(task, real_parent);
	record->time_ns = bpf_ktime_get_ns();
	record->pid = bpf_get_current_pid_tgid() >> 32;
	record->ppid = KERNEL_READ(parent, tgid);
	record->uid = bpf_get_current_uid_gid();
	record->ret = 0;
	record->argc = 0;
	record->block_bytes = 0;
	record->dirfd = AT_FDCWD;
	record->data_bytes = 0;
	record->args_read = 0;
	record->kind = kind;
	record->flags = 0;
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	return record;
}

/*
 * Lengths and counts of the loops below are kept in the record, not in variables: the verifier takes what it reads from there
 * as unknown, so that each round begins in the same state. Else it would follow each way through a round into all later
 * ones, which takes it 0.4 s.
 */

static __always_inline void send(struct record *record)
{
	__u64 data_bytes = record->data_bytes;

	HIDE(data_bytes);
	if (data_bytes <= sizeof(record->data))
		ringbuf_output(events, record, __builtin_offsetof(struct record, data) + data_bytes, 0);
}

/* Sends a block of user memory in pieces; an empty one as one empty piece. */
static __always_inline void send_block(struct record *record, __u8 kind, __u64 start, __u64 end)
{
	__u32 i, offset, left;

	record->kind = kind;
	record->block_bytes = end > start ? end - start : 0;
	for (i = 0; i < MAX_CHUNKS; i++) {
		offset = i * DATA_BYTES;
		if (i > 0 && offset >= record->block_bytes)
			return;
		left = record->block_bytes - offset;
		record->data_bytes = left < DATA_BYTES ? left : DATA_BYTES;
		left = record->data_bytes;
		if (left > DATA_BYTES || bpf_probe_read_user(record->data, left, (void *)(start + offset)))
			return;
		send(record);
	}
}

/* Sends the names of the working directory, innermost first, up to the process's own root. */
static __always_inline void send_directory(struct record *record, struct task_struct *task)
{
	struct fs_struct *fs = KERNEL_READ(task, fs);
	struct dentry *root = KERNEL_READ(fs, root.dentry), *dentry = KERNEL_READ(fs, pwd.dentry), *parent;
	struct vfsmount *root_mount = KERNEL_READ(fs, root.mnt), *vfsmount = KERNEL_READ(fs, pwd.mnt);
	struct mount *mount, *parent_mount;
	__u32 i, length;
	long read;

	record->data_bytes = 0;
	for (i = 0; i < MAX_PATH_NAMES; i++) {
		if (dentry == root && vfsmount == root_mount)
			break;
		if (dentry == KERNEL_READ(vfsmount, mnt_root)) {
			mount = (void *)vfsmount - KERNEL_OFFSET(struct mount, mnt);
			parent_mount = KERNEL_READ(mount, mnt_parent);
			if (parent_mount == mount)
				break;
			dentry = KERNEL_READ(mount, mnt_mountpoint);
			vfsmount = (void *)parent_mount + KERNEL_OFFSET(struct mount, mnt);
			continue;
		}
		parent = KERNEL_READ(dentry, d_parent);
		if (parent == dentry)
			break;
		length = record->data_bytes & (DATA_BYTES - 1);
		read = bpf_probe_read_kernel_str(&record->data[length], NAME_BYTES, KERNEL_READ(dentry, d_name.name));
		if (read <= 0)
			break;
		record->data_bytes = length + read;
		record->args_read++;
		dentry = parent;
	}
	record->kind = RECORD_CWD;
	/* not at the root yet: what was sent is the end of a longer path */
	record->flags = i == MAX_PATH_NAMES;
	send(record);
}

/* Stands before exec_succeeded: programs run in the order in which they are attached, which is that of the object. */
SEC("?raw_tp/sched_process_exec")
int exec_details(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	struct record *record;
	struct mm_struct *mm;

	if (!is_wanted())
		return 0;
	record = new_record(task, RECORD_ARGS);
	if (!record)
		return 0;
	mm = KERNEL_READ(task, mm);
	if (send_args)
		send_block(record, RECORD_ARGS, KERNEL_READ(mm, arg_start), KERNEL_READ(mm, arg_end));
	if (send_env)
		send_block(record, RECORD_ENV, KERNEL_READ(mm, env_start), KERNEL_READ(mm, env_end));
	if (send_cwd)
		send_directory(record, task);
	return 0;
}

/* Appends a string of user memory, an empty one where it can't be read. */
static __always_inline void append_user_str(struct record *record, const void *from)
{
	__u32 length = record->data_bytes & (DATA_BYTES - 1);
	long read = bpf_probe_read_user_str(&record->data[length], ARG_BYTES, from);

	if (read <= 0) {
		record->data[length] = 0;
		read = 1;
	}
	record->data_bytes = length + read;
	record->args_read++;
}

/* 8 for a 64-bit process, 4 for a 32-bit one: without a branch, or all that follows would be verified twice. */
static __always_inline __u64 word_bytes(struct mm_struct *mm)
{
	__u64 is_wide = -(KERNEL_READ(mm, task_size) >> 33);

	HIDE(is_wide);
	return 4 + 4 * (is_wide >> 63);
}

/* The new process's stack begins with argc and the argv pointers, in words of its own size; others follow. */
static __always_inline __u64 read_stack_word(__u64 stack, __u32 index, __u64 size)
{
	__u64 word = 0;

	bpf_probe_read_user(&word, sizeof(word), (void *)(stack + index * size));
	return word << (64 - 8 * size) >> (64 - 8 * size);
}

SEC("raw_tp/sched_process_exec")
int exec_succeeded(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	__u32 old_tid = ctx->args[1];
	struct linux_binprm *bprm = (void *)ctx->args[2];
	const char *filename, *interpreter;
	struct record *record;
	struct mm_struct *mm;
	__u64 stack, size;
	__u32 i;
	long read;

	if (follow_failed)
		bpf_map_delete_elem(&pending, &old_tid);
	if (!is_wanted())
		return 0;
	record = new_record(task, RECORD_EXEC);
	if (!record)
		return 0;

	filename = KERNEL_READ(bprm, filename);
	interpreter = KERNEL_READ(bprm, interp);
	record->flags = interpreter != filename ? FLAG_SCRIPT : 0;
	read = bpf_probe_read_kernel_str(record->data, ARG_BYTES, filename);
	if (read <= 0) {
		record->data[0] = 0;
		read = 1;
	}
	record->data_bytes = read;

	mm = KERNEL_READ(task, mm);
	stack = KERNEL_READ(mm, start_stack);
	size = word_bytes(mm);
	record->argc = read_stack_word(stack, 0, size);
	for (i = 0; i < MAX_ARGS + INTERPRETER_ARGS; i++) {
		if (i >= max_args + INTERPRETER_ARGS || i >= record->argc)
			break;
		append_user_str(record, (void *)read_stack_word(stack, i + 1, size));
	}
	send(record);
	return 0;
}

static __always_inline int exec_entered(const char *path, const char *const *argv, int dirfd)
{
	struct pending_exec exec = { .path = path, .argv = argv, .dirfd = dirfd };
	__u32 tid = bpf_get_current_pid_tgid();

	/* a full table loses the exec only if it fails */
	if (bpf_map_update_elem(&pending, &tid, &exec, BPF_ANY))
		ringbuf_count_lost(&events_lost);
	return 0;
}

SEC("?tracepoint/syscalls/sys_enter_execve")
int enter_execve(struct trace_event_raw_sys_enter *ctx)
{
	return exec_entered((void *)ctx->args[0], (void *)ctx->args[1], AT_FDCWD);
}

SEC("?tracepoint/syscalls/sys_enter_execveat")
int enter_execveat(struct trace_event_raw_sys_enter *ctx)
{
	return exec_entered((void *)ctx->args[1], (void *)ctx->args[2], ctx->args[0]);
}

/* After a failure the caller's memory is what it was, and the kernel has brought in what it looked at. */
static __always_inline int exec_returned(long ret)
{
	__u32 tid = bpf_get_current_pid_tgid(), i;
	struct pending_exec *entry = bpf_map_lookup_elem(&pending, &tid), exec;
	struct record *record;
	const char *arg;

	if (!entry)
		return 0;
	exec = *entry;
	bpf_map_delete_elem(&pending, &tid);
	if (ret >= 0 || !is_wanted())
		return 0;
	record = new_record((void *)bpf_get_current_task(), RECORD_EXEC);
	if (!record)
		return 0;
	record->ret = ret;
	record->dirfd = exec.dirfd;
	append_user_str(record, exec.path);
	record->args_read = 0;
	for (i = 0; i < MAX_ARGS + 1; i++) {
		arg = NULL;
		if (!exec.argv || bpf_probe_read_user(&arg, sizeof(arg), &exec.argv[i]) || !arg)
			break;
		record->argc = i + 1;
		if (i >= max_args)
			break;
		append_user_str(record, arg);
	}
	send(record);
	return 0;
}

SEC("?tracepoint/syscalls/sys_exit_execve")
int exit_execve(struct trace_event_raw_sys_exit *ctx)
{
	return exec_returned(ctx->ret);
}

SEC("?tracepoint/syscalls/sys_exit_execveat")
int exit_execveat(struct trace_event_raw_sys_exit *ctx)
{
	return exec_returned(ctx->ret);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
