package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import org.osgi.annotation.versioning.ConsumerType;

/** How labelled images are judged: the value of {@code val_cfg} and {@code test_cfg}. */
@Kind(value = "evaluation_loop", defaultType = "ValLoop")
@ConsumerType
public interface EvaluationLoop {
    /** Whether half precision is asked for. */
    boolean amp();
}
