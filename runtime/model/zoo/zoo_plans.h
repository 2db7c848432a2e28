// Plans: the zoo's networks, each put together of layers. None ends in a softmax: the scores themselves come out.
//
// Those of Keras are what keras.applications (Keras 2.3) has under the name, with its constants and its places for
// strides, padding and biases, but channels come first. Modules are called as its layers are, and stand within each
// other where its names have parts: conv2_block1_1_conv is conv2.block1.conv1.
#pragma once

#include "runtime/model/zoo/layers.h"

namespace tideline {

Layer alexnet(LayerFactory& w);      // torchvision's.
Layer densenet121(LayerFactory& w);  // Keras'.
Layer googlenet(LayerFactory& w);    // torchvision's, with batch norm and without the heads that only training needs.
Layer lenet(LayerFactory& w);        // LeNet-5.
Layer mobilenet(LayerFactory& w);    // Keras' MobileNet v1, width 1.
Layer resnet50(LayerFactory& w);     // Keras'.
Layer resnet50v2(LayerFactory& w);   // Keras'.
Layer vgg16(LayerFactory& w);        // Keras'.
Layer vgg19(LayerFactory& w);        // Keras'.

}  // namespace tideline
