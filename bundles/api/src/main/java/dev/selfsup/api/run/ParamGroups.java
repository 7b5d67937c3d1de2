package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Parameter;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Sorts the weights of a model into groups of options: the {@code constructor} of an optim_wrapper, with its {@code paramwise_cfg}. */
@Kind(value = "optim_wrapper_constructor", defaultType = "DefaultOptimWrapperConstructor")
@ConsumerType
public interface ParamGroups {
    /**
     * Sorts the weights.
     *
     * @param optimizer gives the options where nothing else is said
     * @param parameters all trainable weights
     * @return groups that hold every parameter once
     */
    List<ParamGroup> groups(Optimizer optimizer, List<Parameter> parameters);
}
