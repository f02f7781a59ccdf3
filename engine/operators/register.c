/* Hands the engine's own families of operators to the registry. */
#include "engine/operators/families.h"

void
telar_operators_init (void)
{
  static gsize registered = 0;

  if (!g_once_init_enter (&registered))
    return;

  telar_operators_register (telar_operators_source);
  telar_operators_register (telar_operators_dense);
  telar_operators_register (telar_operators_conv);
  telar_operators_register (telar_operators_conv_transpose);
  telar_operators_register (telar_operators_pool);
  telar_operators_register (telar_operators_adaptive);
  telar_operators_register (telar_operators_patches);
  telar_operators_register (telar_operators_unpool);
  telar_operators_register (telar_operators_picture);
  telar_operators_register (telar_operators_boxes);
  telar_operators_register (telar_operators_regions);
  telar_operators_register (telar_operators_recurrent);
  telar_operators_register (telar_operators_conv_lstm);
  telar_operators_register (telar_operators_attention);
  telar_operators_register (telar_operators_position);
  telar_operators_register (telar_operators_transformer);
  telar_operators_register (telar_operators_sequence);
  telar_operators_register (telar_operators_dropout);
  telar_operators_register (telar_operators_penalty);
  telar_operators_register (telar_operators_shape);
  telar_operators_register (telar_operators_parts);
  telar_operators_register (telar_operators_activation);
  telar_operators_register (telar_operators_pieces);
  telar_operators_register (telar_operators_gated);
  telar_operators_register (telar_operators_norm);
  telar_operators_register (telar_operators_arithmetic);
  telar_operators_register (telar_operators_elementwise);
  telar_operators_register (telar_operators_trigonometry);
  telar_operators_register (telar_operators_compare);
  telar_operators_register (telar_operators_bitwise);
  telar_operators_register (telar_operators_reduction);
  telar_operators_register (telar_operators_cumulate);
  telar_operators_register (telar_operators_product);
  telar_operators_register (telar_operators_index);
  telar_operators_register (telar_operators_sort);
  telar_operators_register (telar_operators_distinct);
  telar_operators_register (telar_operators_random);
  telar_operators_register (telar_operators_loss_classes);
  telar_operators_register (telar_operators_loss_binary);
  telar_operators_register (telar_operators_loss_regression);
  telar_operators_register (telar_operators_loss_distance);
  telar_operators_register (telar_operators_loss_ctc);
  telar_operators_register (telar_operators_metric);
  telar_operators_register (telar_operators_metric_classes);
  telar_operators_register (telar_operators_metric_curve);
  telar_operators_register (telar_operators_metric_quantity);
  telar_operators_register (telar_operators_metric_bleu);
  telar_operators_register (telar_operators_output);

  g_once_init_leave (&registered, 1);
}
