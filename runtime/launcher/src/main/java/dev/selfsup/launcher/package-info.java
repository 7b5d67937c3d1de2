/**
 * Starts the container. One class loader, the application's, holds this package, Felix, ND4J and one backend folder, so that
 * native code is loaded once whatever bundles do; the script {@code selfsup} puts its class path together. Nothing here is
 * visible to bundles, and the other way round: both sides meet in services of JDK types.
 */
package dev.selfsup.launcher;
