/** A training run and what can be plugged into it: optimizers, schedules, hooks, logs. */
@Version("1.0.0")
package dev.selfsup.api.run;

import org.osgi.annotation.versioning.Version;
