package dev.selfsup.engine;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trainable weight and its gradient, both views on the model's flat buffers.
 *
 * @param name state_dict name
 * @param layer the layer it belongs to
 * @param value the weight, float32, C order
 * @param gradient same shape; zero where the last step gave none
 */
public record Parameter(String name, LayerType layer, INDArray value, INDArray gradient) {}
