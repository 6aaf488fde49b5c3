// expect: The single header neither saves nor loads: use densenf's folder include/ and the headers
#include "../../single_include/densenf/densenf.hpp"

using namespace densenf;

void keep(const Flow<ActNorm>& flow) { save_weights(flow, "weights.safetensors"); }
