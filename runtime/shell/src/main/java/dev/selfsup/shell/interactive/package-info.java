/**
 * The interactive shell. A line whose first word is one of our commands is split into words as on the command line and called directly; any other line goes to
 * Gogo. JLine, which is installed only for an interactive shell, reads the lines of a terminal.
 */
package dev.selfsup.shell.interactive;
