/** The command {@code new}, which writes the Maven project of a plug-in. Its templates lie beside the classes and read as what they become. */
package dev.selfsup.scaffold;
