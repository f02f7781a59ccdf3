/* Element types by the names that safetensors has for them; shared by its reader and writer. */
#pragma once

#include "engine/dtype.h"

G_BEGIN_DECLS

const char *telar_safetensors_dtype_name (TelarDType dtype);
/* FALSE for a type that Telar has not. */
gboolean telar_safetensors_dtype (const char *name, TelarDType *dtype);

G_END_DECLS
