/* What several families of operators need to write their entries and to lower themselves. */
#pragma once

#include "engine/i18n.h"
#include "engine/lower.h"

G_BEGIN_DECLS

/* --- tables in place ----------------------------------------------------------------------------
 */

#define TELAR_PORTS(...)    ((const TelarPort[]){ __VA_ARGS__, { NULL } })
#define TELAR_NO_PORTS      ((const TelarPort[]){ { NULL } })
#define TELAR_PARAMS(...)   ((const TelarParam[]){ __VA_ARGS__, { NULL } })
#define TELAR_CHOICES(...)  ((const char *const[]){ __VA_ARGS__, NULL })
#define TELAR_EXAMPLES(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The entry NAME_operator of an operator without parameters, lowered by lower_NAME: name, label,
 * formula, ONNX, inputs, documentation, examples. */
#define TELAR_PLAIN_OPERATOR(NAME, text, rule, becomes, ports, words, ...)                         \
  static const TelarOperator NAME##_operator = {                                                   \
    .name = #NAME,                                                                                 \
    .label = N_ (text),                                                                            \
    .category = TELAR_CATEGORY_MATH,                                                               \
    .doc = N_ (words),                                                                             \
    .formula = rule,                                                                               \
    .onnx = becomes,                                                                               \
    .inputs = ports,                                                                               \
    .outputs = telar_ports_out,                                                                    \
    .lower = lower_##NAME,                                                                         \
    .examples = TELAR_EXAMPLES (__VA_ARGS__),                                                      \
  };

/* The largest size that a parameter may ask for along one axis. */
#define TELAR_SIZE_LIMIT (1 << 24)

/* The one tensor in, the one tensor out. */
extern const TelarPort telar_ports_in[];
extern const TelarPort telar_ports_out[];

/* Entries that several operators share, with their own texts where a reader needs them. */
#define TELAR_PARAM_ACTIVATION                                                                     \
  {                                                                                                \
    .name = "activation", .label = N_ ("Activation"), .kind = TELAR_PARAM_CHOICE,                  \
    .fallback = "none", .choices = telar_activation_choices,                                       \
    .doc = N_ ("The function applied to the result; none leaves it as it is."),                    \
  }
#define TELAR_PARAM_BIAS                                                                           \
  {                                                                                                \
    .name = "bias", .label = N_ ("Bias"), .kind = TELAR_PARAM_BOOL, .fallback = "true",            \
    .doc = N_ ("Adds a trained number to each output channel; superfluous before a "               \
               "normalisation."),                                                                  \
  }
#define TELAR_PARAM_INIT                                                                           \
  {                                                                                                \
    .name = "init", .label = N_ ("Initial weights"), .kind = TELAR_PARAM_CHOICE,                   \
    .fallback = "glorot_uniform", .choices = telar_init_choices,                                   \
    .doc = N_ ("How the kernel begins: glorot_uniform as Keras does, he_uniform or he_normal "     \
               "before ReLU; pytorch draws kernel and bias within ±1/√fan_in. Other "           \
               "biases begin at zero."),                                                           \
  }
#define TELAR_PARAM_NORMALISE                                                                      \
  {                                                                                                \
    .name = "normalise_weights", .label = N_ ("Normalise weights"), .kind = TELAR_PARAM_CHOICE,    \
    .fallback = "none", .choices = telar_kernel_norm_choices,                                      \
    .doc = N_ ("weight: the length of each output's weights is learned apart from where they "     \
               "point; spectral: the kernel is divided by its largest singular value, which "      \
               "keeps the layer from stretching anything, as discriminators need it."),            \
  }
#define TELAR_PARAM_EPSILON(value)                                                                 \
  {                                                                                                \
    .name = "epsilon", .label = N_ ("Epsilon"), .kind = TELAR_PARAM_REAL, .fallback = value,       \
    .minimum = 0, .maximum = 1,                                                                    \
    .doc = N_ ("Added to the variance so that the division stays finite."),                        \
  }

#define TELAR_PARAM_AXIS(value, words)                                                             \
  {                                                                                                \
    .name = "axis", .label = N_ ("Axis"), .kind = TELAR_PARAM_INT, .fallback = value,              \
    .minimum = -TELAR_MAX_RANK, .maximum = TELAR_MAX_RANK - 1, .doc = N_ (words),                  \
    .prominent = TRUE,                                                                             \
  }
#define TELAR_PARAM_COUNT(param, text, value, least, words)                                        \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INT, .fallback = value,                 \
    .minimum = least, .maximum = TELAR_SIZE_LIMIT, .doc = N_ (words), .prominent = TRUE,           \
  }
#define TELAR_PARAM_LIST(param, text, value, least, most_items, words)                             \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_INTS, .fallback = value,                \
    .minimum = least, .maximum = TELAR_SIZE_LIMIT, .min_items = 1, .max_items = most_items,        \
    .doc = N_ (words), .prominent = TRUE,                                                          \
  }
#define TELAR_PARAM_FLAG(param, text, value, words)                                                \
  {                                                                                                \
    .name = param, .label = N_ (text), .kind = TELAR_PARAM_BOOL, .fallback = value,                \
    .doc = N_ (words),                                                                             \
  }

extern const char *const telar_dtype_choices[]; /* all of them */
extern const char *const telar_activation_choices[];
extern const char *const telar_init_choices[];
extern const char *const telar_kernel_norm_choices[];

/* --- reading the node ---------------------------------------------------------------------------
 */

/* The type of @value; a scalar float where an error left no value. */
TelarType telar_lower_type (TelarLowering *l, TelarValue value);

/* The value at @port, which must have between @least and @most axes, the batch included; on
 * failure TELAR_NO_VALUE, and the problem is reported. @type receives its type. */
TelarValue telar_lower_ranked (TelarLowering *l, guint port, guint least, guint most,
                               TelarType *type);

/* As above for arithmetic: integers and truth values become float32. */
TelarValue telar_lower_float (TelarLowering *l, guint port, guint least, guint most,
                              TelarType *type);

/* @axis counted from 0, the batch; negative ones from the end. Reports and returns FALSE when the
 * tensor has no such axis. */
gboolean telar_lower_axis (TelarLowering *l, gint64 axis, guint rank, guint *result);

/* The parameter "axis" as one of @rank axes. */
gboolean telar_lower_axis_param (TelarLowering *l, guint rank, guint *axis);

/* The size of @shape's axis @axis, which must not be symbolic. */
gboolean telar_lower_size (TelarLowering *l, const TelarShape *shape, guint axis, gint64 *size);

/* The random generator's settings for a kernel, and for the bias beside it, by the parameter
 * "init". */
TelarInit telar_lower_init (TelarLowering *l, gint64 fan_in, gint64 fan_out);
TelarInit telar_lower_bias_init (TelarLowering *l, gint64 fan_in);
TelarInit telar_init_constant (double value);

/* The trained kernel NODE.@role of a layer, normalised where the node's parameter
 * "normalise_weights" says so; @axis is that of the outputs. "weight": g · v / |v| for each output,
 * v the state @role and g the state @role_length (Salimans, Kingma: "Weight normalization", 2016).
 * "spectral": w / σ, σ the largest singular value, from the running direction @role_direction
 * (Miyato et al.: "Spectral normalization for generative adversarial networks", 2018). */
TelarValue telar_lower_kernel (TelarLowering *l, const char *role, const TelarShape *shape,
                               TelarInit init, guint axis);

/* The last axis of @x times the trained kernel @prefix "kernel" [in, units], plus, with bias,
 * @prefix "bias". */
TelarValue telar_lower_linear (TelarLowering *l, TelarValue x, const char *prefix, gint64 units,
                               gboolean bias);

/* --- emitting -----------------------------------------------------------------------------------
 */

/* The function of that name (one of telar_activation_choices) of @x. */
TelarValue telar_emit_activation (TelarLowering *l, const char *name, TelarValue x);

/* @x, one number per channel (shape [C]), shaped so that it broadcasts over a tensor of @rank axes
 * with channels on axis 1. */
TelarValue telar_emit_per_channel (TelarLowering *l, TelarValue x, guint rank);

/* Random numbers from a stream of the node, anew in each step: UNIFORM or NORMAL, float32. @role
 * tells a node's draws apart; NULL for the only one. */
TelarValue telar_lower_draw (TelarLowering *l, TelarPrim prim, const TelarShape *shape,
                             const char *role);

/* While training, zero where a uniform number, one for each element of @mask, is below @rate; the
 * others grow so that the expectation stays. @role tells a node's dropouts apart; NULL for the
 * only one. */
TelarValue telar_emit_dropout (TelarLowering *l, TelarValue x, const TelarShape *mask, double rate,
                               const char *role);

/* The last axis of @x divided by the root of its mean square. */
TelarValue telar_emit_rms (TelarBuilder *b, TelarValue x, double epsilon);

/* Reduces the axes @first … rank-1. */
TelarValue telar_emit_reduce_from (TelarLowering *l, TelarPrim prim, TelarValue x, guint first,
                                   gboolean keep);

G_END_DECLS
