package dev.selfsup.transform;

import static dev.selfsup.transform.InstalledTransforms.config;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.transform.beitmaskgenerator.BEiTMaskGenerator;
import dev.selfsup.transform.centercrop.CenterCrop;
import dev.selfsup.transform.colorjitter.ColorJitter;
import dev.selfsup.transform.loadimagefromfile.LoadImageFromFile;
import dev.selfsup.transform.multiview.MultiView;
import dev.selfsup.transform.packselfsupinputs.PackSelfSupInputs;
import dev.selfsup.transform.randomapply.RandomApply;
import dev.selfsup.transform.randomcrop.RandomCrop;
import dev.selfsup.transform.randomflip.RandomFlip;
import dev.selfsup.transform.randomgaussianblur.RandomGaussianBlur;
import dev.selfsup.transform.randomgrayscale.RandomGrayscale;
import dev.selfsup.transform.randompatchwithlabels.RandomPatchWithLabels;
import dev.selfsup.transform.randomresizedcrop.RandomResizedCrop;
import dev.selfsup.transform.randomresizedcropandinterpolationwithtwopic.RandomResizedCropAndInterpolationWithTwoPic;
import dev.selfsup.transform.randomrotation.RandomRotation;
import dev.selfsup.transform.randomsolarize.RandomSolarize;
import dev.selfsup.transform.resize.Resize;
import dev.selfsup.transform.resizeedge.ResizeEdge;
import dev.selfsup.transform.simmimmaskgenerator.SimMIMMaskGenerator;
import dev.selfsup.transform.tonumpy.ToNumpy;
import dev.selfsup.transform.topil.ToPIL;
import dev.selfsup.transform.torchvisionrandomcrop.TorchvisionRandomCrop;
import dev.selfsup.transform.torchvisionrandomhorizontalflip.TorchvisionRandomHorizontalFlip;
import dev.selfsup.transform.torchvisionresize.TorchvisionResize;
import org.junit.jupiter.api.Test;

class ConfigTest {
    @Test
    void defaultsAreTheReferences() {
        assertDefaults("toFloat32=false, colorType=color, imdecodeBackend=cv2, fileClientArgs=Optional.empty, "
                + "backendArgs=Optional.empty, ignoreEmpty=false", LoadImageFromFile.Config.class, "{}");
        assertDefaults("transforms=[[], []], numViews=[2, 6]", MultiView.Config.class, "{transforms: [[], []], num_views: [2, 6]}");
        assertDefaults("size=[224], scale=[0.08, 1.0], ratio=[0.75, 1.3333333333333333], maxAttempts=10, interpolation=bilinear, "
                + "backend=cv2",
                RandomResizedCrop.Config.class, "{size: 224}");
        assertDefaults("prob=[0.5], direction=[HORIZONTAL]", RandomFlip.Config.class, "{prob: 0.5}");
        assertDefaults("transforms=[], prob=0.5", RandomApply.Config.class, "{transforms: []}");
        assertDefaults("brightness=[], contrast=[], saturation=[], hue=[], backend=PILLOW", ColorJitter.Config.class, "{}");
        assertDefaults("prob=0.1, keepChannels=false, channelWeights=[1.0, 1.0, 1.0], colorFormat=BGR", RandomGrayscale.Config.class, "{}");
        assertDefaults("sigmaMin=0.1, sigmaMax=2.0, prob=0.5", RandomGaussianBlur.Config.class, "{sigma_min: 0.1, sigma_max: 2.0}");
        assertDefaults("threshold=128, prob=0.5", RandomSolarize.Config.class, "{}");
        assertDefaults("scale=[192, 128], scaleFactor=[], keepRatio=false, clipObjectBorder=true, backend=cv2, interpolation=bilinear",
                Resize.Config.class, "{scale: [192, 128]}");
        assertDefaults("size=[256], interpolation=bilinear, maxSize=OptionalInt.empty, antialias=true", TorchvisionResize.Config.class,
                "{size: 256}");
        assertDefaults("scale=256, edge=SHORT, backend=cv2, interpolation=bilinear", ResizeEdge.Config.class, "{scale: 256}");
        assertDefaults("cropSize=[224], autoPad=false, clipObjectBorder=true", CenterCrop.Config.class, "{crop_size: 224}");
        assertDefaults("size=[255], padding=[], padIfNeeded=false, padVal=[0.0], paddingMode=constant", RandomCrop.Config.class, "{size: 255}");
        assertDefaults("degrees=[-30.0, 30.0], interpolation=nearest, expand=false, center=[], fill=0", RandomRotation.Config.class, "{degrees: 30}");
        assertDefaults("inputSize=192, maskPatchSize=32, modelPatchSize=4, maskRatio=0.6", SimMIMMaskGenerator.Config.class, "{}");
        assertDefaults("patchJitter=21", RandomPatchWithLabels.Config.class, "{}");
        assertDefaults("size=[224], secondSize=Optional.empty, scale=[0.08, 1.0], ratio=[0.75, 1.3333333333333333], interpolation=bilinear, secondInterpolation=lanczos",
                RandomResizedCropAndInterpolationWithTwoPic.Config.class, "{size: 224}");
        assertDefaults("inputSize=[14], numMaskingPatches=75, minNumPatches=4, maxNumPatches=Optional.empty, minAspect=0.3, maxAspect=Optional.empty",
                BEiTMaskGenerator.Config.class, "{input_size: 14, num_masking_patches: 75}");
        assertDefaults("toRgb=false", ToPIL.Config.class, "{}");
        assertDefaults("toRgb=false, dtype=Optional.empty", ToNumpy.Config.class, "{}");
        assertDefaults("size=[224], padding=[], padIfNeeded=false, fill=[0], paddingMode=constant", TorchvisionRandomCrop.Config.class, "{size: 224}");
        assertDefaults("p=0.5", TorchvisionRandomHorizontalFlip.Config.class, "{}");
        assertDefaults("key=img, algorithmKeys=[], pseudoLabelKeys=[], metaKeys=[]", PackSelfSupInputs.Config.class, "{}");
    }

    @Test
    void aNumberOfJitterIsARangeAroundNoChange() {
        ColorJitter.Config jitter = config(ColorJitter.Config.class, "{brightness: 0.8, contrast: 1.5, saturation: [0.5, 2], hue: 0.2}");
        assertEquals("Config[brightness=[0.19999999999999996, 1.8], contrast=[0.0, 2.5], saturation=[0.5, 2.0], hue=[-0.2, 0.2], "
                + "backend=PILLOW]",
                jitter.toString());
        assertEquals("[]", config(ColorJitter.Config.class, "{contrast: [1, 1]}").contrast().toString());
    }

    @Test
    void mistakesNameTheRuleAndTheValue() {
        assertMistake("color_type must be one of [color, color_ignore_orientation, grayscale, grayscale_ignore_orientation], not gray",
                LoadImageFromFile.Config.class, "{color_type: gray}");
        assertMistake("to_float32 must be false: images are 8-bit until the data preprocessor", LoadImageFromFile.Config.class,
                "{to_float32: true}");
        assertMistake("file_client_args must be {backend: disk} or {backend: local}, not petrel", LoadImageFromFile.Config.class,
                "{file_client_args: {backend: petrel}}");
        assertMistake("imdecode_backend must be cv2 or pillow, not turbojpeg", LoadImageFromFile.Config.class,
                "{imdecode_backend: turbojpeg}");
        assertMistake("num_views must have one number for each of the 1 pipelines in transforms, not [1, 2]", MultiView.Config.class,
                "{transforms: [[]], num_views: [1, 2]}");
        assertMistake("num_views must be positive, not [0]", MultiView.Config.class, "{transforms: [[]], num_views: 0}");
        assertMistake("size must be one positive number or [height, width], not [0]", RandomResizedCrop.Config.class, "{size: 0}");
        assertMistake("scale must be [smallest, largest], both at least 0, not [1.0, 0.2]", RandomResizedCrop.Config.class,
                "{size: 8, scale: [1, 0.2]}");
        assertMistake("ratio must be positive, not [0.0, 1.0]", RandomResizedCrop.Config.class, "{size: 8, ratio: [0, 1]}");
        assertMistake("max_attempts must be at least 0, not -1", RandomResizedCrop.Config.class, "{size: 8, max_attempts: -1}");
        assertMistake("interpolation must be one of [nearest, bilinear, bicubic, box, lanczos, hamming] with backend pillow, not area",
                RandomResizedCrop.Config.class, "{size: 8, backend: pillow, interpolation: area}");
        assertMistake("interpolation must be one of [nearest, bilinear, bicubic, area, lanczos], not box", RandomResizedCrop.Config.class,
                "{size: 8, backend: pillow, interpolation: box}");
        assertMistake("backend must be cv2 or pillow, not pil", RandomResizedCrop.Config.class, "{size: 8, backend: pil}");
        assertMistake("prob must be at least 0 and at most 1 in sum, not [0.7, 0.5]", RandomFlip.Config.class,
                "{prob: [0.7, 0.5], direction: [horizontal, vertical]}");
        assertMistake("prob must be one number or one for each direction, not [0.5, 0.2] for [HORIZONTAL]", RandomFlip.Config.class,
                "{prob: [0.5, 0.2]}");
        assertMistake("direction must name at least one direction", RandomFlip.Config.class, "{prob: 0.5, direction: []}");
        assertMistake("prob must be between 0 and 1, not 1.5", RandomApply.Config.class, "{transforms: [], prob: 1.5}");
        assertMistake("prob must be between 0 and 1, not -0.5", RandomGrayscale.Config.class, "{prob: -0.5}");
        assertMistake("prob must be between 0 and 1, not 2.0", RandomSolarize.Config.class, "{prob: 2}");
        assertMistake("prob must be between 0 and 1, not 2.0", RandomGaussianBlur.Config.class, "{sigma_min: 0, sigma_max: 1, prob: 2}");
        assertMistake("sigma_min must be at least 0, not -1.0", RandomGaussianBlur.Config.class, "{sigma_min: -1, sigma_max: 1}");
        assertMistake("sigma_max must be at least sigma_min, 2.0, not 1.0", RandomGaussianBlur.Config.class,
                "{sigma_min: 2, sigma_max: 1}");
        assertMistake("channel_weights must be three numbers of positive sum, not [1.0]", RandomGrayscale.Config.class,
                "{channel_weights: [1]}");
        assertMistake("hue must lie within [-0.5, 0.5], smaller value first, not [0.6]", ColorJitter.Config.class, "{hue: 0.6}");
        assertMistake("contrast must be at least 0 where it is a single number, not -0.4", ColorJitter.Config.class, "{contrast: -0.4}");
        assertMistake("contrast must be a number or [smallest, largest], not [0.1, 0.2, 0.3]", ColorJitter.Config.class,
                "{contrast: [0.1, 0.2, 0.3]}");
        assertMistake("scale or scale_factor must be given", Resize.Config.class, "{}");
        assertMistake("scale must be one positive number or [width, height], not [0]", Resize.Config.class, "{scale: 0}");
        assertMistake("scale_factor must be one positive number or [of the width, of the height], not [0.0]", Resize.Config.class,
                "{scale_factor: 0}");
        assertMistake("size must be one positive number or [height, width], not []", TorchvisionResize.Config.class, "{size: []}");
        assertMistake("max_size must be greater than size, which must be one number; it is 8 with size [8]", TorchvisionResize.Config.class,
                "{size: 8, max_size: 8}");
        assertMistake("scale must be positive, not 0", ResizeEdge.Config.class, "{scale: 0}");
        assertMistake("crop_size must be one positive number or [width, height], not [1, 2, 3]", CenterCrop.Config.class,
                "{crop_size: [1, 2, 3]}");
        assertMistake("size must be one positive number or [height, width], not [8, 0]", RandomCrop.Config.class, "{size: [8, 0]}");
        assertMistake("padding must be 1, 2 or 4 numbers, none negative, not [1, 2, 3]", RandomCrop.Config.class, "{size: 8, padding: [1, 2, 3]}");
        assertMistake("pad_val must be 1 or 3 numbers from 0 to 255, not [256.0]", RandomCrop.Config.class, "{size: 8, pad_val: 256}");
        assertMistake("degrees must be at least 0 where it is a single number, not -3.0", RandomRotation.Config.class, "{degrees: -3}");
        assertMistake("degrees must be one number or [smallest, largest], not [1.0, 2.0, 3.0]", RandomRotation.Config.class, "{degrees: [1, 2, 3]}");
        assertMistake("interpolation must be one of [nearest, bilinear, bicubic, area, lanczos], not box", RandomRotation.Config.class,
                "{degrees: 3, interpolation: box}");
        assertMistake("center must not be given with expand: true", RandomRotation.Config.class, "{degrees: 3, center: [1, 1], expand: true}");
        assertMistake("center must be [column, row], not [1.0]", RandomRotation.Config.class, "{degrees: 3, center: [1]}");
        assertMistake("fill must be from 0 to 255, not -1", RandomRotation.Config.class, "{degrees: 3, fill: -1}");
        assertMistake("mask_patch_size must divide input_size 192, not be 36", SimMIMMaskGenerator.Config.class, "{mask_patch_size: 36}");
        assertMistake("model_patch_size must divide mask_patch_size 32, not be 6", SimMIMMaskGenerator.Config.class, "{model_patch_size: 6}");
        assertMistake("mask_ratio must be from 0 to 1, not 1.5", SimMIMMaskGenerator.Config.class, "{mask_ratio: 1.5}");
        assertMistake("second_size must be one positive number or [width, height], not [0]", RandomResizedCropAndInterpolationWithTwoPic.Config.class,
                "{size: 8, second_size: 0}");
        assertMistake("scale must be [smallest, largest], both at least 0, not [1.0, 0.2]", RandomResizedCropAndInterpolationWithTwoPic.Config.class,
                "{size: 8, scale: [1, 0.2]}");
        assertMistake("input_size must be the number of patches of a side or [rows, columns], at least 2 each, not [1]", BEiTMaskGenerator.Config.class,
                "{input_size: 1, num_masking_patches: 1}");
        assertMistake("num_masking_patches must be from 0 to the 6 patches of input_size, not 7", BEiTMaskGenerator.Config.class,
                "{input_size: [2, 3], num_masking_patches: 7}");
        assertMistake("min_num_patches must be positive, not 0", BEiTMaskGenerator.Config.class, "{input_size: 4, num_masking_patches: 4, min_num_patches: 0}");
        assertMistake("max_num_patches must be positive, not 0", BEiTMaskGenerator.Config.class, "{input_size: 4, num_masking_patches: 4, max_num_patches: 0}");
        assertMistake("min_aspect must be positive, not 0.0", BEiTMaskGenerator.Config.class, "{input_size: 4, num_masking_patches: 4, min_aspect: 0}");
        assertMistake("max_aspect must be positive, not -1.0", BEiTMaskGenerator.Config.class, "{input_size: 4, num_masking_patches: 4, max_aspect: -1}");
        assertMistake("patch_jitter must be at least 0, not -1", RandomPatchWithLabels.Config.class, "{patch_jitter: -1}");
        assertMistake("dtype must be uint8, as images are 8-bit until the data preprocessor, not float32", ToNumpy.Config.class, "{dtype: float32}");
        assertMistake("size must be one positive number or [height, width], not [0]", TorchvisionRandomCrop.Config.class, "{size: 0}");
        assertMistake("padding must be 1, 2 or 4 numbers, none negative, not [-1]", TorchvisionRandomCrop.Config.class, "{size: 8, padding: -1}");
        assertMistake("fill must be 1 or 3 numbers from 0 to 255, not [1, 2]", TorchvisionRandomCrop.Config.class, "{size: 8, fill: [1, 2]}");
        assertMistake("p must be between 0 and 1, not 1.5", TorchvisionRandomHorizontalFlip.Config.class, "{p: 1.5}");
        assertMistake("key must be img, not image", PackSelfSupInputs.Config.class, "{key: image}");
        assertMistake("algorithm_keys must be among [gt_label, sample_idx, mask, pred_label], not [rot_label]",
                PackSelfSupInputs.Config.class,
                "{algorithm_keys: [rot_label]}");
    }

    private static void assertDefaults(String expected, Class<? extends Record> type, String yaml) {
        assertEquals("Config[" + expected + "]", config(type, yaml).toString());
    }

    private static void assertMistake(String message, Class<? extends Record> type, String yaml) {
        String found = assertThrows(UsageException.class, () -> config(type, yaml)).getMessage();
        assertTrue(found.endsWith(": " + message), () -> found + "\n should end in\n" + message);
    }
}
