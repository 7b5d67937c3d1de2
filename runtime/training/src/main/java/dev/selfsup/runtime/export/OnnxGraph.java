package dev.selfsup.runtime.export;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/** An ONNX model that grows: nodes, constants, weights, inputs and outputs. */
final class OnnxGraph {
    /** Version of the operators, which ONNX Runtime knows since 1.12 (2022). */
    private static final int OPSET = 17;
    private static final int IR = 8;
    private static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    private static final int INT64 = TensorProto.DataType.INT64_VALUE;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("backbone");
    private int made;

    /** An attribute that is a list of whole numbers. */
    static AttributeProto ints(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute.build();
    }

    /** An attribute that is a whole number. */
    static AttributeProto number(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    /** An attribute that is a real number. */
    static AttributeProto real(String name, double value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOAT).setF((float) value).build();
    }

    /** Adds a node whose result has a name. */
    void node(String type, String out, List<String> in, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder().setOpType(type).setName(type + "_" + graph.getNodeCount()).addAllInput(in).addOutput(out)
                .addAllAttribute(Arrays.asList(attributes)));
    }

    /** Adds a node within what a step consists of. */
    String part(String type, List<String> in, AttributeProto... attributes) {
        String out = "part_" + made++;
        node(type, out, in, attributes);
        return out;
    }

    /** Adds an array of numbers under a name. */
    void weight(String name, float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        tensor(name, FLOAT, bytes, shape);
    }

    /** Adds a constant of real numbers. */
    String floats(float[] values, long... shape) {
        String name = "constant_" + made++;
        weight(name, values, shape);
        return name;
    }

    /** Adds a constant number. */
    String scalar(double value) {
        return floats(new float[] {(float) value});
    }

    /** Adds a constant list of whole numbers. */
    String longs(long... values) {
        String name = "constant_" + made++;
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        tensor(name, INT64, bytes, values.length);
        return name;
    }

    private void tensor(String name, int type, ByteBuffer bytes, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type).setRawData(ByteString.copyFrom(bytes.array()));
        Arrays.stream(shape).forEach(tensor::addDims);
        graph.addInitializer(tensor);
    }

    /** Says an input of real numbers; a size of -1 is free. */
    void input(String name, long... shape) {
        graph.addInput(described(name, shape));
    }

    /** Says an output of real numbers; a size of -1 is free. */
    void output(String name, long... shape) {
        graph.addOutput(described(name, shape));
    }

    private static ValueInfoProto described(String name, long... shape) {
        TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
        for (long size : shape) {
            sizes.addDim(size < 0 ? TensorShapeProto.Dimension.newBuilder().setDimParam("batch") : TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        TypeProto.Tensor type = TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(sizes).build();
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(type)).build();
    }

    /** The file's content. */
    byte[] bytes() {
        return ModelProto.newBuilder().setIrVersion(IR).setProducerName("SelfSup").setGraph(graph)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET)).build().toByteArray();
    }
}
