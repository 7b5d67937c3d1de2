/** A bundle whose component cannot be made. */
package dev.selfsup.broken.constructor;
