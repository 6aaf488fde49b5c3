#pragma once

// densenf: densely connected normalizing flows. Everything for the host that needs no library beyond Eigen,
// fmt and Random123; files, images and data sets come with the headers in densenf/io and densenf/data.

#include "densenf/bijectors/named.hpp"
#include "densenf/bijectors/sort.hpp"
#include "densenf/bijectors/standardize.hpp"
#include "densenf/core/version.hpp"
#include "densenf/distributions/conditional_normal.hpp"
#include "densenf/flow/any_flow.hpp"
#include "densenf/flow/flow.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/models/declared.hpp"
#include "densenf/models/denseflow.hpp"
#include "densenf/nn/class_embedding.hpp"
#include "densenf/ops/declared.hpp"
#include "densenf/ops/map.hpp"
#include "densenf/train/fit.hpp"
#include "densenf/train/trainer.hpp"
