package dev.selfsup.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.BaseOp;
import org.nd4j.linalg.api.ops.BaseReduceOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;
import org.nd4j.linalg.factory.Nd4j;

/** Shapes of the variables of a graph, worked out once from the shapes of its inputs, without computing values. */
final class Shapes {
    /** Operations of two sides, of which one is broadcast to the other; libnd4j itself gives the first side's shape where that cannot be. */
    private static final Set<String> BROADCAST = Set.of("add", "subtract", "reversesubtract", "multiply", "divide", "reversedivide");

    private final SameDiff sd;
    private final Modules modules;
    private final Map<String, long[]> known = new HashMap<>();
    private final Map<DataType, INDArray> atoms = new HashMap<>();

    /** Shapes of a graph's variables; messages name the modules of operations. */
    Shapes(SameDiff sd, Modules modules) {
        this.sd = sd;
        this.modules = modules;
    }

    /**
     * The shape of a variable.
     *
     * @throws IllegalArgumentException if the shapes of what it is computed from do not fit each other; names the module
     */
    long[] of(String name) {
        long[] shape = known.get(name);
        if (shape == null) {
            infer(name);
            shape = known.get(name);
        }
        return shape.clone();
    }

    /** Says the shape of a variable that the graph does not have: a plan made it. */
    void add(String name, long... shape) {
        known.put(name, shape.clone());
    }

    /** Whether the graph has a variable, so that its type is known. */
    boolean inGraph(String name) {
        return sd.hasVariable(name);
    }

    private void infer(String name) {
        SDVariable variable = sd.getVariable(name);
        if (variable.getVariableType() != VariableType.ARRAY) {
            INDArray array = variable.isPlaceHolder() ? null : variable.getArr();
            known.put(name, array == null ? variable.getShape() : array.shape());
            return;
        }
        DifferentialFunction op = sd.getVariableOutputOp(name);
        List<long[]> shapes = inferOutputs(op);
        List<String> outputs = sd.getOps().get(op.getOwnName()).getOutputsOfOp();
        for (int i = 0; i < outputs.size(); i++) {
            known.put(outputs.get(i), shapes.get(i));
        }
    }

    private List<long[]> inferOutputs(DifferentialFunction op) {
        List<String> inputs = sd.getOps().get(op.getOwnName()).getInputsToOp();
        if (op instanceof GraphOp graphOp) {
            return graphOp.operation().shapes(inputs.stream().map(this::of).toList());
        }
        if (op.opName().equals("shape_of")) {
            return List.of(new long[] {of(inputs.get(0)).length});
        }
        if (op instanceof BaseReduceOp reduction) {
            return List.of(reduced(of(inputs.get(0)), reduction));
        }
        if (BROADCAST.contains(op.opName())) {
            checkBroadcast(op, of(inputs.get(0)), of(inputs.get(1)));
        }
        try (OpContext context = Nd4j.getExecutioner().buildContext()) {
            context.setInputArrays(inputs.stream().map(this::stand).toArray(INDArray[]::new));
            if (op instanceof DynamicCustomOp custom) {
                copyArguments(custom, context);
                return shapes(custom.calculateOutputShape(context));
            }
            return shapes(((BaseOp) op).calculateOutputShape(context));
        } catch (Exception e) {
            throw new IllegalArgumentException(where(op) + op.opName() + " of " + inputs.stream().map(i -> Arrays.toString(of(i))).toList() + ": " + e.getMessage(), e);
        }
    }

    private void checkBroadcast(DifferentialFunction op, long[] a, long[] b) {
        for (int fromEnd = 1; fromEnd <= Math.min(a.length, b.length); fromEnd++) {
            long ofA = a[a.length - fromEnd];
            long ofB = b[b.length - fromEnd];
            if (ofA != ofB && ofA != 1 && ofB != 1) {
                throw new IllegalArgumentException(where(op) + op.opName() + " of " + Arrays.toString(a) + " and " + Arrays.toString(b) + ", which do not fit each other");
            }
        }
    }

    private String where(DifferentialFunction op) {
        String module = modules.of(op.getOwnName());
        return module.isEmpty() ? "" : "module '" + module + "': ";
    }

    private static long[] reduced(long[] shape, BaseReduceOp reduction) {
        long[] over = NativeOps.dimensions(reduction, shape.length);
        boolean keep = reduction.isKeepDims();
        return IntStream.range(0, shape.length).filter(d -> keep || Arrays.stream(over).noneMatch(o -> o == d))
                .mapToLong(d -> Arrays.stream(over).anyMatch(o -> o == d) ? 1 : shape[d]).toArray();
    }

    static void copyArguments(DynamicCustomOp op, OpContext context) {
        context.setIArguments(op.iArgs());
        context.setTArguments(op.tArgs());
        context.setBArguments(op.bArgs());
        context.setDArguments(op.dArgs());
    }

    private static List<long[]> shapes(List<LongShapeDescriptor> descriptors) {
        return descriptors.stream().map(LongShapeDescriptor::getShape).toList();
    }

    /** The value of a variable that is known before running: a constant, or the shape of another variable. */
    INDArray constant(String name) {
        SDVariable variable = sd.getVariable(name);
        if (variable.getVariableType() == VariableType.ARRAY) {
            DifferentialFunction op = sd.getVariableOutputOp(name);
            return op.opName().equals("shape_of") ? Nd4j.createFromArray(of(op.arg(0).name())) : null;
        }
        return variable.isPlaceHolder() ? null : variable.getArr();
    }

    /** An array of the right shape and type that takes no memory: every element is the same place. */
    private INDArray stand(String name) {
        INDArray constant = constant(name);
        if (constant != null) {
            return constant;
        }
        long[] shape = of(name);
        DataType type = sd.getVariable(name).dataType();
        INDArray atom = atoms.computeIfAbsent(type, t -> Nd4j.create(t, 1));
        return shape.length == 0 ? Nd4j.scalar(type, 0) : Nd4j.create(atom.data(), shape, new long[shape.length], 0, 'c', type);
    }
}
