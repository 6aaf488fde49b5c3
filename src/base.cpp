// What programs that link densenf::compiled share whatever their kernels' level: the threads, the types of
// what is thrown, the orders of training data, optimizers by name, and whitening.

#include "densenf/core/error_members.hpp"
#include "densenf/core/thread_pool_members.hpp"
#include "densenf/data/order_members.hpp"
#include "densenf/kernels/whitening_matrix_members.hpp"
#include "densenf/train/optimizer_members.hpp"
#include "densenf/train/options_members.hpp"
