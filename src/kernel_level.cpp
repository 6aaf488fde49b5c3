// Made by scripts/make_compiled from the headers in include/densenf/kernels/cpu: change those instead.
// DENSENF_LEVEL_TABLE is the name of the table, all that leaves the objects of a level.
#include "densenf/kernels/cpu/declared.hpp"
#include "kernel_table.hpp"

namespace densenf::kernels {

namespace {
template <class T>
constexpr KernelsFor<T> kernels_for() {
  return {
      // attention.hpp
      .nystrom_forward_scratch_bytes = nystrom_forward_scratch_bytes<T>,
      .nystrom_forward = nystrom_forward<T>,
      .nystrom_backward_scratch_bytes = nystrom_backward_scratch_bytes<T>,
      .nystrom_backward = nystrom_backward<T>,

      // bounded.hpp
      .bound_weight_forward_scratch_bytes = bound_weight_forward_scratch_bytes<T>,
      .bound_weight_forward = bound_weight_forward<T>,
      .bound_weight_backward_scratch_bytes = bound_weight_backward_scratch_bytes<T>,
      .bound_weight_backward = bound_weight_backward<T>,
      .norming_vector = norming_vector<T>,
      .scale_by_number_forward = scale_by_number_forward<T>,
      .scale_by_number_backward_scratch_bytes = scale_by_number_backward_scratch_bytes<T>,
      .scale_by_number_backward = scale_by_number_backward<T>,
      .fixed_point_step = fixed_point_step<T>,

      // channel_affine.hpp
      .channel_affine_backward_scratch_bytes = channel_affine_backward_scratch_bytes<T>,
      .channel_affine_backward = channel_affine_backward<T>,
      .start_scale_and_bias = start_scale_and_bias<T>,

      // conv.hpp
      .conv_forward_scratch_bytes = conv_forward_scratch_bytes<T>,
      .conv_forward = conv_forward<T>,
      .conv_backward_data_scratch_bytes = conv_backward_data_scratch_bytes<T>,
      .conv_backward_data = conv_backward_data<T>,
      .conv_backward_weights_scratch_bytes = conv_backward_weights_scratch_bytes<T>,
      .conv_backward_weights = conv_backward_weights<T>,
      .relu_backward = relu_backward<T>,
      .conv_backward_parameters_scratch_bytes = conv_backward_parameters_scratch_bytes<T>,
      .conv_backward_parameters = conv_backward_parameters<T>,

      // coupling.hpp
      .affine_forward = affine_forward<T>,
      .affine_inverse = affine_inverse<T>,
      .affine_backward = affine_backward<T>,
      .log_scale_forward = log_scale_forward<T>,
      .log_scale_backward_scratch_bytes = log_scale_backward_scratch_bytes<T>,
      .log_scale_backward = log_scale_backward<T>,

      // elementwise.hpp
      .fill_zero = fill_zero<T>,
      .copy = copy<T>,
      .accumulate_scaled = accumulate_scaled<T>,
      .fill_one_hot = fill_one_hot<T>,
      .all_finite_scratch_bytes = all_finite_scratch_bytes<T>,
      .all_finite = all_finite<T>,
      .add = add<T>,
      .scale_shift = scale_shift<T>,
      .gate_forward = gate_forward<T>,
      .gate_backward = gate_backward<T>,
      .sigmoid_forward = sigmoid_forward<T>,
      .sigmoid_backward = sigmoid_backward<T>,
      .sigmoid_inverse = sigmoid_inverse<T>,
      .logit_forward = logit_forward<T>,
      .logit_backward = logit_backward<T>,
      .dequantize = dequantize<T>,
      .dequantized_logit_forward = dequantized_logit_forward<T>,
      .dequantized_logit_backward = dequantized_logit_backward<T>,

      // elu.hpp
      .elu_forward = elu_forward<T>,
      .elu_backward = elu_backward<T>,

      // gelu.hpp
      .gelu_tanh_forward = gelu_tanh_forward<T>,
      .gelu_tanh_backward = gelu_tanh_backward<T>,
      .gelu_forward = gelu_forward<T>,
      .gelu_backward = gelu_backward<T>,

      // inverse.hpp
      .log_abs_det_and_inverse = log_abs_det_and_inverse<T>,
      .invert_matrices = invert_matrices<T>,

      // layer_norm.hpp
      .layer_norm_forward = layer_norm_forward<T>,
      .layer_norm_backward_scratch_bytes = layer_norm_backward_scratch_bytes<T>,
      .layer_norm_backward = layer_norm_backward<T>,

      // layout.hpp
      .squeeze = squeeze<T>,
      .unsqueeze = unsqueeze<T>,
      .to_patches = to_patches<T>,
      .from_patches = from_patches<T>,
      .rotate_channels = rotate_channels<T>,
      .deal_channels = deal_channels<T>,

      // linalg.hpp
      .log_abs_det_backward = log_abs_det_backward<T>,
      .lu_compose_scratch_bytes = lu_compose_scratch_bytes<T>,
      .lu_compose = lu_compose<T>,
      .lu_backward_scratch_bytes = lu_backward_scratch_bytes<T>,
      .lu_backward = lu_backward<T>,
      .add_sum_to_each = add_sum_to_each<T>,
      .add_sum_to_each_backward = add_sum_to_each_backward<T>,

      // lip_swish.hpp
      .lip_swish_forward = lip_swish_forward<T>,
      .lip_swish_slope_forward = lip_swish_slope_forward<T>,
      .lip_swish_backward_scratch_bytes = lip_swish_backward_scratch_bytes<T>,
      .lip_swish_backward = lip_swish_backward<T>,
      .lip_swish_slope_backward_scratch_bytes = lip_swish_slope_backward_scratch_bytes<T>,
      .lip_swish_slope_backward = lip_swish_slope_backward<T>,

      // map.hpp
      .multiply_numbers = multiply_numbers<T>,
      .spread_channels = spread_channels<T>,
      .sum_channels_scratch_bytes = sum_channels_scratch_bytes<T>,
      .sum_channels = sum_channels<T>,
      .spread_pixels = spread_pixels<T>,
      .sum_pixels = sum_pixels<T>,
      .sum_images = sum_images<T>,
      .spread_images = spread_images<T>,

      // masked.hpp
      .order_weight = order_weight<T>,
      .order_weight_backward = order_weight_backward<T>,
      .sort_weight = sort_weight<T>,
      .sort_weight_backward = sort_weight_backward<T>,
      .partial_products = partial_products<T>,
      .partial_products_backward = partial_products_backward<T>,

      // matrices.hpp
      .multiply_matrices = multiply_matrices<T>,
      .softmax_forward = softmax_forward<T>,
      .softmax_backward = softmax_backward<T>,
      .total_channels = total_channels<T>,
      .mark_largest = mark_largest<T>,
      .planes_as_pixels = planes_as_pixels<T>,
      .pixels_as_planes = pixels_as_planes<T>,

      // mixture.hpp
      .mixture_forward = mixture_forward<T>,
      .mixture_inverse = mixture_inverse<T>,
      .mixture_backward = mixture_backward<T>,

      // normal_mixture.hpp
      .mix_log_densities = mix_log_densities<T>,
      .mix_log_densities_backward = mix_log_densities_backward<T>,
      .normal_mixture_from_noise = normal_mixture_from_noise<T>,

      // normalization.hpp
      .channel_statistics_scratch_bytes = channel_statistics_scratch_bytes<T>,
      .channel_statistics = channel_statistics<T>,
      .is_zero = is_zero<T>,
      .actnorm_start = actnorm_start<T>,
      .actnorm_forward = actnorm_forward<T>,
      .actnorm_inverse = actnorm_inverse<T>,
      .actnorm_backward_scratch_bytes = actnorm_backward_scratch_bytes<T>,
      .actnorm_backward = actnorm_backward<T>,
      .batch_norm_forward = batch_norm_forward<T>,
      .batch_norm_update = batch_norm_update<T>,
      .batch_norm_backward_scratch_bytes = batch_norm_backward_scratch_bytes<T>,
      .batch_norm_backward = batch_norm_backward<T>,

      // optimizer.hpp
      .optimizer_pass_AdamaxRule = optimizer_pass<T, AdamaxRule<T>>,
      .optimizer_pass_AdamRule = optimizer_pass<T, AdamRule<T>>,
      .optimizer_pass_SgdRule = optimizer_pass<T, SgdRule<T>>,
      .average_pass = average_pass<T>,
      .squared_norm = squared_norm<T>,
      .squared_norm_scratch_bytes = squared_norm_scratch_bytes<T>,
      .squared_norm_2 = squared_norm<T>,
      .optimizer_pass_2_AdamaxRule = optimizer_pass<T, AdamaxRule<T>>,
      .optimizer_pass_2_AdamRule = optimizer_pass<T, AdamRule<T>>,
      .optimizer_pass_2_SgdRule = optimizer_pass<T, SgdRule<T>>,
      .assign_pass = assign_pass<T>,
      .average_pass_2 = average_pass<T>,
      .all_finite_2 = all_finite<T>,

      // position.hpp
      .add_positions = add_positions<T>,
      .sum_positions = sum_positions<T>,
      .position_affine_forward = position_affine_forward<T>,
      .position_affine_inverse = position_affine_inverse<T>,
      .position_affine_backward = position_affine_backward<T>,
      .position_affine_start = position_affine_start<T>,

      // probability.hpp
      .normal_log_prob = normal_log_prob<T>,
      .normal_log_prob_backward = normal_log_prob_backward<T>,
      .normal_log_prob_backward_parameters_scratch_bytes =
          normal_log_prob_backward_parameters_scratch_bytes<T>,
      .normal_log_prob_backward_parameters = normal_log_prob_backward_parameters<T>,
      .normal_from_noise = normal_from_noise<T>,
      .normal_from_noise_backward_scratch_bytes = normal_from_noise_backward_scratch_bytes<T>,
      .normal_from_noise_backward = normal_from_noise_backward<T>,
      .normal_log_prob_2 = normal_log_prob<T>,
      .normal_log_prob_backward_2 = normal_log_prob_backward<T>,
      .normal_from_noise_2 = normal_from_noise<T>,
      .normal_from_noise_backward_2 = normal_from_noise_backward<T>,

      // rearrange.hpp
      .reverse_channels = reverse_channels<T>,
      .flatten = flatten<T>,
      .unflatten = unflatten<T>,
      .shift_pixels = shift_pixels<T>,
      .scatter_pixels = scatter_pixels<T>,
      .gather_pixels = gather_pixels<T>,
      .reorder = reorder<T>,
      .restore_order = restore_order<T>,
      .triangle_to_weight = triangle_to_weight<T>,
      .triangle_to_weight_backward = triangle_to_weight_backward<T>,

      // softmax_attention.hpp
      .softmax_attention_forward_scratch_bytes = softmax_attention_forward_scratch_bytes<T>,
      .softmax_attention_forward = softmax_attention_forward<T>,
      .softmax_attention_backward_scratch_bytes = softmax_attention_backward_scratch_bytes<T>,
      .softmax_attention_backward = softmax_attention_backward<T>,

      // softplus.hpp
      .softplus_forward = softplus_forward<T>,
      .softplus_backward = softplus_backward<T>,
      .logistic_forward = logistic_forward<T>,
      .logistic_backward = logistic_backward<T>,

      // surjections.hpp
      .max_pool_forward = max_pool_forward<T>,
      .max_pool_backward = max_pool_backward<T>,
      .max_pool_inverse = max_pool_inverse<T>,
      .sort_pixels = sort_pixels<T>,
      .take_pixels = take_pixels<T>,
      .put_pixels = put_pixels<T>,

      // unfold.hpp
      .unfold = unfold<T>,
      .fold = fold<T>,

      // units.hpp
      .concat_elu_forward = concat_elu_forward<T>,
      .concat_elu_backward = concat_elu_backward<T>,
      .outputs_start = outputs_start<T>,

      // weights.hpp
      .weight_norm_forward_scratch_bytes = weight_norm_forward_scratch_bytes<T>,
      .weight_norm_forward = weight_norm_forward<T>,
      .weight_norm_backward_scratch_bytes = weight_norm_backward_scratch_bytes<T>,
      .weight_norm_backward = weight_norm_backward<T>,
      .scale_channels_forward = scale_channels_forward<T>,
      .scale_channels_backward_scratch_bytes = scale_channels_backward_scratch_bytes<T>,
      .scale_channels_backward = scale_channels_backward<T>,

      // normalize_where.hpp
      .statistics_where_scratch_bytes = statistics_where_scratch_bytes<T>,
      .normalize_where_backward_scratch_bytes = normalize_where_backward_scratch_bytes<T>,

      // affine.hpp
      .affine_forward_over_0 = affine_forward<T, AffineMap<Tanh2>, SomeWhere>,
      .affine_forward_over_1 = affine_forward<T, AffineMap<Sigmoid2>, SomeWhere>,
      .affine_forward_over_2 = affine_forward<T, AffineMap<Sigmoid2, true>, SomeWhere>,
      .affine_forward_over_3 = affine_forward<T, AffineMap<NoScale>, SomeWhere>,
      .affine_forward_over_4 = affine_forward<T, AffineMap<AsGiven, true>, SomeWhere>,
      .affine_forward_over_5 = affine_forward<T, AffineMap<SoftClip>, SomeWhere>,
      .affine_forward_over_6 = affine_forward<T, AffineMap<SoftplusScale>, SomeWhere>,
      .affine_forward_over_7 = affine_forward<T, AffineMap<DoubledSigmoid, true>, SomeWhere>,
      .affine_forward_over_8 = affine_forward<T, AffineMap<SoftplusAboveFloor>, SomeWhere>,
      .affine_forward_over_9 = affine_forward<T, AffineMap<Sigmoid2AboveFloor>, SomeWhere>,
      .affine_forward_over_10 = affine_forward<T, GateMap, SomeWhere>,
      .affine_forward_over_11 = affine_forward<T, StandardizingMap<AsGiven>, SomeWhere>,
      .affine_forward_over_12 = affine_forward<T, StandardizingMap<Tanh2>, SomeWhere>,
      .affine_forward_over_13 = affine_forward<T, StandardizingMap<NoScale>, SomeWhere>,
      .affine_inverse_over_0 = affine_inverse<T, AffineMap<Tanh2>, SomeWhere>,
      .affine_inverse_over_1 = affine_inverse<T, AffineMap<Sigmoid2>, SomeWhere>,
      .affine_inverse_over_2 = affine_inverse<T, AffineMap<Sigmoid2, true>, SomeWhere>,
      .affine_inverse_over_3 = affine_inverse<T, AffineMap<NoScale>, SomeWhere>,
      .affine_inverse_over_4 = affine_inverse<T, AffineMap<AsGiven, true>, SomeWhere>,
      .affine_inverse_over_5 = affine_inverse<T, AffineMap<SoftClip>, SomeWhere>,
      .affine_inverse_over_6 = affine_inverse<T, AffineMap<SoftplusScale>, SomeWhere>,
      .affine_inverse_over_7 = affine_inverse<T, AffineMap<DoubledSigmoid, true>, SomeWhere>,
      .affine_inverse_over_8 = affine_inverse<T, AffineMap<SoftplusAboveFloor>, SomeWhere>,
      .affine_inverse_over_9 = affine_inverse<T, AffineMap<Sigmoid2AboveFloor>, SomeWhere>,
      .affine_inverse_over_10 = affine_inverse<T, GateMap, SomeWhere>,
      .affine_inverse_over_11 = affine_inverse<T, StandardizingMap<AsGiven>, SomeWhere>,
      .affine_inverse_over_12 = affine_inverse<T, StandardizingMap<Tanh2>, SomeWhere>,
      .affine_inverse_over_13 = affine_inverse<T, StandardizingMap<NoScale>, SomeWhere>,
      .affine_backward_over_0 = affine_backward<T, AffineMap<Tanh2>, SomeWhere>,
      .affine_backward_over_1 = affine_backward<T, AffineMap<Sigmoid2>, SomeWhere>,
      .affine_backward_over_2 = affine_backward<T, AffineMap<Sigmoid2, true>, SomeWhere>,
      .affine_backward_over_3 = affine_backward<T, AffineMap<NoScale>, SomeWhere>,
      .affine_backward_over_4 = affine_backward<T, AffineMap<AsGiven, true>, SomeWhere>,
      .affine_backward_over_5 = affine_backward<T, AffineMap<SoftClip>, SomeWhere>,
      .affine_backward_over_6 = affine_backward<T, AffineMap<SoftplusScale>, SomeWhere>,
      .affine_backward_over_7 = affine_backward<T, AffineMap<DoubledSigmoid, true>, SomeWhere>,
      .affine_backward_over_8 = affine_backward<T, AffineMap<SoftplusAboveFloor>, SomeWhere>,
      .affine_backward_over_9 = affine_backward<T, AffineMap<Sigmoid2AboveFloor>, SomeWhere>,
      .affine_backward_over_10 = affine_backward<T, GateMap, SomeWhere>,
      .affine_backward_over_11 = affine_backward<T, StandardizingMap<AsGiven>, SomeWhere>,
      .affine_backward_over_12 = affine_backward<T, StandardizingMap<Tanh2>, SomeWhere>,
      .affine_backward_over_13 = affine_backward<T, StandardizingMap<NoScale>, SomeWhere>,
      .affine_inverse_backward_over_0 = affine_inverse_backward<T, AffineMap<Tanh2>, SomeWhere>,
      .affine_inverse_backward_over_1 = affine_inverse_backward<T, AffineMap<Sigmoid2>, SomeWhere>,
      .affine_inverse_backward_over_2 = affine_inverse_backward<T, AffineMap<Sigmoid2, true>, SomeWhere>,
      .affine_inverse_backward_over_3 = affine_inverse_backward<T, AffineMap<NoScale>, SomeWhere>,
      .affine_inverse_backward_over_4 = affine_inverse_backward<T, AffineMap<AsGiven, true>, SomeWhere>,
      .affine_inverse_backward_over_5 = affine_inverse_backward<T, AffineMap<SoftClip>, SomeWhere>,
      .affine_inverse_backward_over_6 = affine_inverse_backward<T, AffineMap<SoftplusScale>, SomeWhere>,
      .affine_inverse_backward_over_7 =
          affine_inverse_backward<T, AffineMap<DoubledSigmoid, true>, SomeWhere>,
      .affine_inverse_backward_over_8 = affine_inverse_backward<T, AffineMap<SoftplusAboveFloor>, SomeWhere>,
      .affine_inverse_backward_over_9 = affine_inverse_backward<T, AffineMap<Sigmoid2AboveFloor>, SomeWhere>,
      .affine_inverse_backward_over_10 = affine_inverse_backward<T, GateMap, SomeWhere>,
      .affine_inverse_backward_over_11 = affine_inverse_backward<T, StandardizingMap<AsGiven>, SomeWhere>,
      .affine_inverse_backward_over_12 = affine_inverse_backward<T, StandardizingMap<Tanh2>, SomeWhere>,
      .affine_inverse_backward_over_13 = affine_inverse_backward<T, StandardizingMap<NoScale>, SomeWhere>,
      .hide_over_0 = hide<T, SomeWhere>,

      // normalize_where.hpp
      .statistics_where_over_0 = statistics_where<T, SomeWhere>,
      .normalize_where_over_0 = normalize_where<T, SomeWhere>,
      .normalize_where_inverse_over_0 = normalize_where_inverse<T, SomeWhere>,
      .normalize_where_backward_over_0 = normalize_where_backward<T, SomeWhere>,

      // spline.hpp
      .spline_forward_over_0 = spline_forward<T, 2, SomeWhere>,
      .spline_forward_over_1 = spline_forward<T, 3, SomeWhere>,
      .spline_forward_over_2 = spline_forward<T, 4, SomeWhere>,
      .spline_forward_over_3 = spline_forward<T, 8, SomeWhere>,
      .spline_inverse_over_0 = spline_inverse<T, 2, SomeWhere>,
      .spline_inverse_over_1 = spline_inverse<T, 3, SomeWhere>,
      .spline_inverse_over_2 = spline_inverse<T, 4, SomeWhere>,
      .spline_inverse_over_3 = spline_inverse<T, 8, SomeWhere>,
      .spline_backward_over_0 = spline_backward<T, 2, SomeWhere>,
      .spline_backward_over_1 = spline_backward<T, 3, SomeWhere>,
      .spline_backward_over_2 = spline_backward<T, 4, SomeWhere>,
      .spline_backward_over_3 = spline_backward<T, 8, SomeWhere>,
      .spline_inverse_backward_over_0 = spline_inverse_backward<T, 2, SomeWhere>,
      .spline_inverse_backward_over_1 = spline_inverse_backward<T, 3, SomeWhere>,
      .spline_inverse_backward_over_2 = spline_inverse_backward<T, 4, SomeWhere>,
      .spline_inverse_backward_over_3 = spline_inverse_backward<T, 8, SomeWhere>,
  };
}
}  // namespace

// Addresses alone, known before the program starts: nothing of a level may run unless it is chosen.
extern "C" {
extern constinit const KernelTable DENSENF_LEVEL_TABLE{
    .with_float = kernels_for<float>(),
    .with_double = kernels_for<double>(),

    // elementwise.hpp
    .set_all_bits = set_all_bits,
    .set_each = set_each,
    .scaled_sum = scaled_sum,
    .fetch = fetch,

    // inverse.hpp
    .log_abs_det_and_inverse_scratch_bytes = log_abs_det_and_inverse_scratch_bytes,
    .invert_matrices_scratch_bytes = invert_matrices_scratch_bytes,

    // linalg.hpp
    .add_to_each = add_to_each,
    .add_to_each_2 = add_to_each,
};
}

}  // namespace densenf::kernels
