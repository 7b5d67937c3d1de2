/** A bundle whose component's defaults cannot be bound. */
package dev.selfsup.broken.defaults;
