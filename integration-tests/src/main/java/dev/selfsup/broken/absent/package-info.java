/** A package that its user does not import. */
package dev.selfsup.broken.absent;
