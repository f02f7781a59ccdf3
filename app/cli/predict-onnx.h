/* The part of telar predict that takes ONNX files. */
#pragma once

#include "app/cli/command.h"
#include "engine/device.h"

G_BEGIN_DECLS

/* MODEL is an ONNX file. The exit status. */
int telar_predict_onnx (const TelarCommand *command, TelarDevice *device, GError **error);

G_END_DECLS
