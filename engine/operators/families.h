/* One table per family of operators; register.c hands them to the registry. */
#pragma once

#include "engine/operator.h"

G_BEGIN_DECLS

/* NULL-terminated, in the order in which the palette shows them. */
extern const TelarOperator *const telar_operators_source[];
extern const TelarOperator *const telar_operators_output[];
extern const TelarOperator *const telar_operators_dense[];
extern const TelarOperator *const telar_operators_conv[];
extern const TelarOperator *const telar_operators_conv_transpose[];
extern const TelarOperator *const telar_operators_pool[];
extern const TelarOperator *const telar_operators_adaptive[];
extern const TelarOperator *const telar_operators_patches[];
extern const TelarOperator *const telar_operators_unpool[];
extern const TelarOperator *const telar_operators_picture[];
extern const TelarOperator *const telar_operators_boxes[];
extern const TelarOperator *const telar_operators_regions[];
extern const TelarOperator *const telar_operators_norm[];
extern const TelarOperator *const telar_operators_dropout[];
extern const TelarOperator *const telar_operators_penalty[];
extern const TelarOperator *const telar_operators_activation[];
extern const TelarOperator *const telar_operators_pieces[];
extern const TelarOperator *const telar_operators_gated[];
extern const TelarOperator *const telar_operators_recurrent[];
extern const TelarOperator *const telar_operators_attention[];
extern const TelarOperator *const telar_operators_position[];
extern const TelarOperator *const telar_operators_conv_lstm[];
extern const TelarOperator *const telar_operators_transformer[];
extern const TelarOperator *const telar_operators_sequence[];
extern const TelarOperator *const telar_operators_shape[];
extern const TelarOperator *const telar_operators_parts[];
extern const TelarOperator *const telar_operators_arithmetic[];
extern const TelarOperator *const telar_operators_elementwise[];
extern const TelarOperator *const telar_operators_trigonometry[];
extern const TelarOperator *const telar_operators_compare[];
extern const TelarOperator *const telar_operators_bitwise[];
extern const TelarOperator *const telar_operators_reduction[];
extern const TelarOperator *const telar_operators_cumulate[];
extern const TelarOperator *const telar_operators_product[];
extern const TelarOperator *const telar_operators_index[];
extern const TelarOperator *const telar_operators_distinct[];
extern const TelarOperator *const telar_operators_sort[];
extern const TelarOperator *const telar_operators_random[];
extern const TelarOperator *const telar_operators_loss_classes[];
extern const TelarOperator *const telar_operators_loss_binary[];
extern const TelarOperator *const telar_operators_loss_regression[];
extern const TelarOperator *const telar_operators_loss_distance[];
extern const TelarOperator *const telar_operators_loss_ctc[];
extern const TelarOperator *const telar_operators_metric[];
extern const TelarOperator *const telar_operators_metric_bleu[];
extern const TelarOperator *const telar_operators_metric_quantity[];
extern const TelarOperator *const telar_operators_metric_curve[];
extern const TelarOperator *const telar_operators_metric_classes[];

G_END_DECLS
