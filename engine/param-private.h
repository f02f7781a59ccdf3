/* What reading parameters from text and from JSON share. */
#pragma once

#include "engine/param.h"

G_BEGIN_DECLS

/* Sets an error that begins with the parameter's name; FALSE. */
gboolean telar_param_refuse (const TelarParam *param, GError **error, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* Takes @value, which is of the right kind, over into @target when it keeps to the limits of
 * @param; otherwise clears it. */
gboolean telar_param_accept (const TelarParam *param, TelarParamValue *value,
                             TelarParamValue *target, GError **error);

G_END_DECLS
