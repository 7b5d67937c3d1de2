/** Weights for others: commands that write checkpoints and networks in the formats of other libraries. */
package dev.selfsup.runtime.export;
