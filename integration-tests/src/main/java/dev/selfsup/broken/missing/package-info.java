/** A bundle that lacks a class. */
package dev.selfsup.broken.missing;
