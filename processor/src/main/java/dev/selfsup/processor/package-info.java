/**
 * The annotation processor that writes what is known about a component at compile time (kind, names, config keys,
 * defaults, Javadoc) to {@code META-INF/selfsup/<package>/<kind>.<type>.json}, which ends up in the component's bundle.
 */
package dev.selfsup.processor;
