/** Text in columns, as printf aligns it: padded to a width, never cut, a blank between two columns. */

/** One column of a tool's output. */
export interface Column<Row> {
  /** Word at its head. */
  readonly title: string;
  /** Least width in bytes of title and values; 0 for a last column, which is not padded. */
  readonly width: number;
  /** On which side the padding goes: `right` aligns numbers. */
  readonly align: "left" | "right";
  /** The value of a row. */
  text(row: Row): string;
}

/** The line of titles, without a newline. */
export function formatTitles<Row>(columns: readonly Column<Row>[]): string {
  return columns.map((column) => pad(column.title, column)).join(" ");
}

/** The line of a row, without a newline. Each character counts as one byte. */
export function formatRow<Row>(columns: readonly Column<Row>[], row: Row): string {
  let line = "";
  for (const column of columns) line += (line === "" ? "" : " ") + pad(column.text(row), column);
  return line;
}

function pad<Row>(text: string, { width, align }: Column<Row>): string {
  return align === "left" ? text.padEnd(width) : text.padStart(width);
}
