// Plans: functions that build the zoo's networks from layers. None ends in a softmax: the results are scores.
//
// Networks from Keras follow keras.applications (Keras 2.3): the same constants, and the same places of strides,
// padding and biases, but channels come first. Modules have the names of Keras' layers, nested where the names have
// parts: conv2_block1_1_conv is conv2.block1.conv1.
#pragma once

#include "runtime/model/zoo/layers.h"

namespace tideline::zoo {

Layer alexnet(LayerFactory& w);      // torchvision's.
Layer densenet121(LayerFactory& w);  // Keras'.
Layer googlenet(LayerFactory& w);    // torchvision's, with batch norm and without the heads that only training needs.
Layer lenet(LayerFactory& w);        // LeNet-5.
Layer mobilenet(LayerFactory& w);    // Keras' MobileNet v1, width 1.
Layer resnet50(LayerFactory& w);     // Keras'.
Layer resnet50v2(LayerFactory& w);   // Keras'.
Layer vgg16(LayerFactory& w);        // Keras'.
Layer vgg19(LayerFactory& w);        // Keras'.

}  // namespace tideline::zoo
