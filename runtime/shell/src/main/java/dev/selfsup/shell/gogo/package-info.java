/** The way from Gogo and from the launcher to commands, and the commands that explain what is installed. */
package dev.selfsup.shell.gogo;
