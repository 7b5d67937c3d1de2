/** Calls of an interactive shell, those in the background among them, which are its jobs. */
package dev.selfsup.shell.jobs;
