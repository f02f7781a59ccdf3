/* Windows: stretches of a text or of a series, each with what follows it, so that a model learns to
 * tell what comes next. Windows follow each other in the order of the file. */
#pragma once

#include "data/table.h"
#include "engine/error.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

typedef struct {
  gint64 length; /* places in a window */
  gint64 step;   /* places from one window to the next */
} TelarWindows;

/* The bytes of a file, plain or gzip: i64[windows, length], each 0 to 255. @next: the same shape, a
 * byte further on. Text that is shorter than one window and the byte behind it is an error. */
TelarTensor *telar_windows_of_text (const char *path, const TelarWindows *windows,
                                    TelarTensor **next, GError **error);

/* Columns of numbers, @names with commas between, "" for all of them: f32[windows, length,
 * columns]. @next: f32[windows, columns], the row @ahead rows behind each window. A gap is an error
 * that names its line. */
TelarTensor *telar_windows_of_series (const TelarTable *table, const char *names,
                                      const TelarWindows *windows, gint64 ahead, TelarTensor **next,
                                      GError **error);

G_END_DECLS
