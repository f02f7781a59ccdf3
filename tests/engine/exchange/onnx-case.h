/* One of ONNX's test cases: a folder with model.onnx and test_data_set_N/{input,output}_K.pb. */
#pragma once

#include "engine/device.h"

/* Runs every data set of the case and compares with what is expected: the same types and shapes,
 * numbers within 1e-3 relative and 1e-7 absolute, as ONNX's own runner asks for. */
gboolean onnx_case_run (const char *folder, TelarDevice *device, GError **error);
