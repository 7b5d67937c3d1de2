/**
 * Runs that are going on, as files in their folders tell: {@code run.pid} says which process trains there, {@code run.stop} asks it to save a checkpoint and end.
 * Files work for one run among several of a process, and for other machines on a shared file system, where signals do not.
 */
@Version("1.0.0")
package dev.selfsup.runtime.runs;

import org.osgi.annotation.versioning.Version;
