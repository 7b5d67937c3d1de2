/** Commands that look at networks and runs: what their features are worth, how large they are, how their losses went. */
package dev.selfsup.runtime.analysis;
