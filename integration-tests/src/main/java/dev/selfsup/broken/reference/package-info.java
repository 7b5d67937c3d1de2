/** A bundle whose component needs a service that nobody has. */
package dev.selfsup.broken.reference;
