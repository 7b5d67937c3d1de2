package dev.selfsup.engine;

import java.lang.ref.Reference;
import java.util.EnumSet;
import java.util.Set;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.ScalarOp;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.nativeblas.OpaqueDataBuffer;

/**
 * Kernels that call ND4J's native library as its executioner does, with every argument made beforehand: the executioner allocates
 * some hundred bytes at each call. On backends other than the CPU, and for operations with arguments of other kinds, they are the executioner.
 */
final class NativeCall {
    private static final int GOOD = 0;
    private static final Set<Op.Type> TRANSFORMS = EnumSet.of(Op.Type.TRANSFORM_SAME, Op.Type.TRANSFORM_STRICT, Op.Type.TRANSFORM_FLOAT);

    private NativeCall() {}

    private static boolean onHost() {
        return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
    }

    /** A kernel of an operation between the arrays of a context. */
    static Kernel of(CustomOp op, OpContext context) {
        if (!onHost()) {
            return () -> Nd4j.getExecutioner().exec(op, context);
        }
        NativeOps library = NativeOpsHolder.getInstance().getDeviceNativeOps();
        long hash = op.opHash();
        Pointer arguments = context.contextPointer();
        return () -> {
            int status = library.execCustomOp2(null, hash, arguments);
            check(status == GOOD ? library.lastErrorCode() : status, library, op.opName());
            Reference.reachabilityFence(context);
        };
    }

    /** A kernel of an operation on single elements between the arrays of a context. */
    static Kernel of(Op op, OpContext context) {
        if (onHost() && context.getInputArrays().size() == 1) {
            Array x = Array.of(context.getInputArrays().get(0));
            Array z = Array.of(context.getOutputArrays().get(0));
            Extra extra = Extra.of(op, z.array.dataType());
            if (op instanceof ScalarOp scalar && scalar.getOpType() == Op.Type.SCALAR) {
                return scalar(op, x, z, Array.of(scalar.scalar().castTo(x.array.dataType())), extra);
            }
            if (op instanceof TransformOp transform && TRANSFORMS.contains(transform.getOpType())) {
                return transform(op, transform.getOpType(), x, z, extra);
            }
        }
        return () -> Nd4j.getExecutioner().exec(op, context);
    }

    private static Kernel scalar(Op op, Array x, Array z, Array scalar, Extra extra) {
        NativeOps library = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int number = op.opNum();
        return () -> {
            library.execScalar(null, number, x.buffer, x.shape, null, z.buffer, z.shape, null, scalar.buffer, scalar.shape, null, extra.memory);
            check(library.lastErrorCode(), library, op.opName());
        };
    }

    private static Kernel transform(Op op, Op.Type type, Array x, Array z, Extra extra) {
        NativeOps library = NativeOpsHolder.getInstance().getDeviceNativeOps();
        int number = op.opNum();
        return () -> {
            switch (type) {
                case TRANSFORM_SAME -> library.execTransformSame(null, number, x.buffer, x.shape, null, z.buffer, z.shape, null, extra.memory);
                case TRANSFORM_STRICT -> library.execTransformStrict(null, number, x.buffer, x.shape, null, z.buffer, z.shape, null, extra.memory);
                default -> library.execTransformFloat(null, number, x.buffer, x.shape, null, z.buffer, z.shape, null, extra.memory);
            }
            check(library.lastErrorCode(), library, op.opName());
        };
    }

    private static void check(int status, NativeOps library, String name) {
        if (status != GOOD) {
            throw new IllegalStateException(name + ": " + library.lastErrorMessage());
        }
    }

    /** Further numbers of an operation, as the exponent of a power, and the memory in which the library finds them; none where it is null. */
    private record Extra(DataBuffer numbers, Pointer memory) {
        static Extra of(Op op, DataType type) {
            if (op.extraArgs() == null || op.extraArgs().length == 0) {
                return new Extra(null, null);
            }
            DataBuffer numbers = op.extraArgsDataBuff(type);
            return new Extra(numbers, numbers.addressPointer());
        }
    }

    /** An array as the library knows it; the array itself is held because that knowledge is addresses. */
    private record Array(INDArray array, OpaqueDataBuffer buffer, Pointer memory, DataBuffer shapeBuffer, LongPointer shape) {
        static Array of(INDArray array) {
            DataBuffer shape = array.shapeInfoDataBuffer();
            Pointer memory = array.data().addressPointer();
            return new Array(array, OpaqueDataBuffer.externalizedDataBuffer(array.length(), array.dataType(), memory, null), memory, shape,
                    new LongPointer(shape.addressPointer()));
        }
    }
}
