/** A bundle as somebody else would write it: a component and a command. Tests drop it into a running container. */
package dev.selfsup.sample;
