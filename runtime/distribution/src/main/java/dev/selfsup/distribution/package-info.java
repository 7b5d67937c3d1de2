/** The commands {@code dist} and {@code backend}: what goes to servers, and what it computes with there. */
package dev.selfsup.distribution;
