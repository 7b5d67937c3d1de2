/**
 * Replays recorded cases and compares: a {@link dev.selfsup.runtime.parity.Replay} computes values from the inputs of a
 * case, {@link dev.selfsup.runtime.parity.Expectation} alone reads what the reference computed and says what may differ.
 */
package dev.selfsup.runtime.parity;
