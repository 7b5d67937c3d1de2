/** Weights from elsewhere and for elsewhere: names and layouts of other libraries, and files written at once or not at all. */
@org.osgi.annotation.versioning.Version("0.1.0")
package dev.selfsup.weights;
