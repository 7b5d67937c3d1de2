/** Python's pickles, read and written without Python: data alone, no code. */
package dev.selfsup.pickle;
