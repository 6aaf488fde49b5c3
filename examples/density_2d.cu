// What `density_2d --device cuda` runs.

#include "density_2d.hpp"

#include "densenf/densenf.cuh"

void example::learn_density_on_gpu(const std::string& folder) { learn_density(densenf::Cuda(), folder); }
