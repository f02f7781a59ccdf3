/* Resize and Upsample in all their versions, and regions of interest. */
#include "engine/emit-spatial.h"
#include "engine/exchange/onnx/operators.h"

#include <math.h>
#include <string.h>

/* --- Resize ----------------------------------------------------------------------------------- */

typedef struct {
  TelarResize how;
  guint rank;
  gint64 sizes[TELAR_MAX_RANK];
  double scales[TELAR_MAX_RANK], starts[TELAR_MAX_RANK], ends[TELAR_MAX_RANK];
} Resize;

static TelarResizeMode
mode_of (OnnxCall *call)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "nearest");
  return g_str_equal (mode, "cubic")         ? TELAR_RESIZE_CUBIC
         : g_str_has_suffix (mode, "linear") ? TELAR_RESIZE_LINEAR
                                             : TELAR_RESIZE_NEAREST;
}

static TelarPlaces
places_of (OnnxCall *call)
{
  static const struct {
    const char *name;
    TelarPlaces places;
  } names[] = {
    { "half_pixel", TELAR_PLACES_HALF_PIXEL },
    { "pytorch_half_pixel", TELAR_PLACES_PYTORCH_HALF_PIXEL },
    { "half_pixel_symmetric", TELAR_PLACES_HALF_PIXEL_SYMMETRIC },
    { "align_corners", TELAR_PLACES_ALIGN_CORNERS },
    { "asymmetric", TELAR_PLACES_ASYMMETRIC },
    { "tf_half_pixel_for_nn", TELAR_PLACES_TF_HALF_PIXEL },
    { "tf_crop_and_resize", TELAR_PLACES_CROP },
  };
  g_autofree char *name =
      onnx_call_attr_text (call, "coordinate_transformation_mode", "half_pixel");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i].name, name))
      return names[i].places;
  onnx_call_fail (call, "Telar has no coordinates %s", name);
  return TELAR_PLACES_HALF_PIXEL;
}

static TelarNearest
nearest_of (OnnxCall *call)
{
  g_autofree char *name = onnx_call_attr_text (call, "nearest_mode", "round_prefer_floor");
  return g_str_equal (name, "round_prefer_ceil") ? TELAR_ROUND_PREFER_CEIL
         : g_str_equal (name, "floor")           ? TELAR_ROUND_FLOOR
         : g_str_equal (name, "ceil")            ? TELAR_ROUND_CEIL
                                                 : TELAR_ROUND_PREFER_FLOOR;
}

/* Upsample, and Resize before version 11, know one kind of coordinates. */
static void
read_mode (OnnxCall *call, Resize *r)
{
  gboolean old = call->version < 11 || g_str_equal (call->node->op_type, "Upsample");
  r->how = (TelarResize){
    .mode = mode_of (call),
    .places = old ? TELAR_PLACES_ASYMMETRIC : places_of (call),
    .nearest = old ? TELAR_ROUND_FLOOR : nearest_of (call),
    .cubic = onnx_call_attr_real (call, "cubic_coeff_a", -0.75),
    .antialias = onnx_call_attr_int (call, "antialias", 0) != 0,
    .exclude_outside = onnx_call_attr_int (call, "exclude_outside", 0) != 0,
    .outside = onnx_call_attr_real (call, "extrapolation_value", 0),
  };
}

/* The axes that scales, sizes and regions are for: all, or since version 18 some. */
static gboolean
read_axes (OnnxCall *call, guint rank, guint *axes, guint *n)
{
  gint64 given[TELAR_MAX_RANK];
  if (!onnx_call_attr_ints (call, "axes", given, TELAR_MAX_RANK, n)) {
    *n = rank;
    for (guint i = 0; i < rank; i++)
      axes[i] = i;
    return !onnx_call_failed (call);
  }
  for (guint i = 0; i < *n; i++)
    if (!onnx_call_axis (call, given[i], rank, &axes[i]))
      return FALSE;
  return TRUE;
}

static gboolean
read_scales (OnnxCall *call, guint input, Resize *r, const TelarShape *shape, const guint *axes,
             guint n)
{
  const Onnx__AttributeProto *attr = onnx_call_attr (call, "scales");
  const TelarTensor *tensor = attr ? NULL : onnx_call_numbers (call, input);
  gsize given = attr ? attr->n_floats : tensor ? telar_tensor_elements (tensor) : 0;
  if (given != n)
    onnx_call_fail (call, "%zu scales are given for %u axes", given, n);
  for (guint i = 0; i < n && !onnx_call_failed (call); i++) {
    double scale = attr ? (double)attr->floats[i] : telar_tensor_get (tensor, i);
    double size = floor ((double)shape->dims[axes[i]] * scale * (1 + 1e-9));
    if (shape->dims[axes[i]] < 0 && scale == 1)
      continue; /* the batch of a drawing */
    if (!(scale > 0) || size < 0 || size > G_MAXINT32)
      onnx_call_fail (call, "a scale of %g is impossible", scale);
    r->scales[axes[i]] = scale;
    r->sizes[axes[i]] = (gint64)size;
  }
  return !onnx_call_failed (call);
}

/* Since version 18 a policy may keep the aspect: the smallest or the largest scale for all axes. */
static void
keep_aspect (OnnxCall *call, Resize *r, const TelarShape *shape, const guint *axes, guint n)
{
  g_autofree char *policy = onnx_call_attr_text (call, "keep_aspect_ratio_policy", "stretch");
  double chosen = 0;
  if (g_str_equal (policy, "stretch"))
    return;
  for (guint i = 0; i < n; i++) {
    double scale = r->scales[axes[i]];
    gboolean better = g_str_equal (policy, "not_larger") ? scale < chosen : scale > chosen;
    chosen = i == 0 || better ? scale : chosen;
  }
  for (guint i = 0; i < n; i++) {
    r->scales[axes[i]] = chosen;
    r->sizes[axes[i]] = (gint64)floor (chosen * (double)shape->dims[axes[i]] + 0.5);
  }
}

static gboolean
read_sizes (OnnxCall *call, guint input, Resize *r, const TelarShape *shape, const guint *axes,
            guint n)
{
  gint64 sizes[TELAR_MAX_RANK];
  guint given;
  if (!onnx_call_ints (call, input, sizes, TELAR_MAX_RANK, &given))
    return FALSE;
  if (given != n)
    onnx_call_fail (call, "%u sizes are given for %u axes", given, n);
  for (guint i = 0; i < n && !onnx_call_failed (call); i++) {
    if (shape->dims[axes[i]] < 0)
      continue;
    if (sizes[i] < 1 || sizes[i] > G_MAXINT32 || shape->dims[axes[i]] < 1)
      onnx_call_fail (call, "a size of %" G_GINT64_FORMAT " is impossible", sizes[i]);
    r->sizes[axes[i]] = sizes[i];
    r->scales[axes[i]] = (double)sizes[i] / (double)MAX (shape->dims[axes[i]], 1);
  }
  if (!onnx_call_failed (call))
    keep_aspect (call, r, shape, axes, n);
  return !onnx_call_failed (call);
}

static gboolean
read_region (OnnxCall *call, Resize *r, const guint *axes, guint n)
{
  if (r->how.places != TELAR_PLACES_CROP)
    return TRUE;
  const TelarTensor *region = onnx_call_numbers (call, 1);
  if (!region || telar_tensor_elements (region) != 2 * n) {
    onnx_call_fail (call, "the region does not fit the axes");
    return FALSE;
  }
  for (guint i = 0; i < n; i++) {
    r->starts[axes[i]] = telar_tensor_get (region, i);
    r->ends[axes[i]] = telar_tensor_get (region, n + i);
  }
  return TRUE;
}

static gboolean
has_numbers (OnnxCall *call, guint input)
{
  TelarShape shape;
  if (!onnx_call_has (call, input))
    return FALSE;
  shape = onnx_call_type (call, input).shape;
  return telar_shape_elements (&shape) > 0;
}

/* The sizes of the result and the scales that lead to them, 1 for axes that stay. */
static gboolean
read_result (OnnxCall *call, Resize *r, const TelarShape *shape, guint *axes, guint *n)
{
  gboolean old = call->version < 11 || g_str_equal (call->node->op_type, "Upsample");
  memcpy (r->sizes, shape->dims, sizeof r->sizes);
  for (guint i = 0; i < shape->rank; i++)
    r->scales[i] = 1;
  if (!read_axes (call, shape->rank, axes, n))
    return FALSE;
  return !old && has_numbers (call, 3) ? read_sizes (call, 3, r, shape, axes, *n)
                                       : read_scales (call, old ? 1 : 2, r, shape, axes, *n);
}

gboolean
onnx_resize_result (OnnxCall *call, gint64 *sizes, double *scales)
{
  const TelarShape shape = onnx_call_type (call, 0).shape;
  guint axes[TELAR_MAX_RANK], n;
  Resize r = { .rank = shape.rank };
  if (!read_result (call, &r, &shape, axes, &n))
    return FALSE;
  memcpy (sizes, r.sizes, shape.rank * sizeof *sizes);
  memcpy (scales, r.scales, shape.rank * sizeof *scales);
  return TRUE;
}

static void
trace_resize (OnnxCall *call)
{
  TelarType type = onnx_call_type (call, 0);
  guint axes[TELAR_MAX_RANK], n;
  Resize r = { .rank = type.shape.rank };
  read_mode (call, &r);
  if (onnx_call_failed (call) || !read_result (call, &r, &type.shape, axes, &n) ||
      !read_region (call, &r, axes, n))
    return;
  TelarValue x = onnx_call_in (call, 0);
  if (!telar_dtype_is_float (type.dtype) && r.how.mode != TELAR_RESIZE_NEAREST)
    x = telar_build_cast (call->b, x, TELAR_F32);
  for (guint i = 0; i < n; i++) {
    guint axis = axes[i];
    gboolean same = r.sizes[axis] == type.shape.dims[axis] && r.scales[axis] == 1;
    if (!same || r.how.places == TELAR_PLACES_CROP)
      x = telar_emit_resize_axis (call->b, &r.how, x, axis, r.sizes[axis], r.scales[axis],
                                  r.starts[axis], r.ends[axis]);
  }
  onnx_call_out (call, 0, telar_build_cast (call->b, x, type.dtype));
}

/* --- RoiAlign --------------------------------------------------------------------------------- */

typedef struct {
  const TelarTensor *x;
  gint64 height, width; /* of the picture */
  gint64 rows, columns; /* of the result */
  gint64 sampling;
  double scale, offset;
  gboolean largest; /* of the samples, in place of their mean */
} RoiAlign;

/* Bilinear, at (@y, @x) of the plane that begins at @plane. */
static void
sample (const RoiAlign *r, gsize plane, double y, double x, double numbers[4])
{
  for (int i = 0; i < 4; i++)
    numbers[i] = 0;
  if (y < -1 || y > (double)r->height || x < -1 || x > (double)r->width)
    return;
  y = MAX (y, 0);
  x = MAX (x, 0);
  gint64 top = MIN ((gint64)y, r->height - 1), left = MIN ((gint64)x, r->width - 1);
  gint64 low = MIN (top + 1, r->height - 1), right = MIN (left + 1, r->width - 1);
  double ty = top == r->height - 1 ? 0 : y - (double)top;
  double tx = left == r->width - 1 ? 0 : x - (double)left;
  const gint64 at[4] = { top * r->width + left, top * r->width + right, low * r->width + left,
                         low * r->width + right };
  const double weights[4] = { (1 - ty) * (1 - tx), (1 - ty) * tx, ty * (1 - tx), ty * tx };
  for (int i = 0; i < 4; i++)
    numbers[i] = weights[i] * telar_tensor_get (r->x, plane + (gsize)at[i]);
}

/* One place of the result: the mean or the largest of the samples in its part of the region. */
static double
align_place (const RoiAlign *r, gsize plane, const double box[4], gint64 row, gint64 column)
{
  double height = box[3] - box[1], width = box[2] - box[0], result = 0;
  if (r->offset == 0) { /* a region has at least one pixel, unless half a pixel is taken off */
    height = MAX (height, 1);
    width = MAX (width, 1);
  }
  double cell_height = height / (double)r->rows, cell_width = width / (double)r->columns;
  gint64 ny = r->sampling > 0 ? r->sampling : (gint64)CLAMP (ceil (cell_height), 1, 256);
  gint64 nx = r->sampling > 0 ? r->sampling : (gint64)CLAMP (ceil (cell_width), 1, 256);
  for (gint64 i = 0; i < ny; i++)
    for (gint64 k = 0; k < nx; k++) {
      double numbers[4];
      double y = box[1] + cell_height * ((double)row + ((double)i + 0.5) / (double)ny);
      double x = box[0] + cell_width * ((double)column + ((double)k + 0.5) / (double)nx);
      sample (r, plane, y, x, numbers);
      if (!r->largest)
        result += numbers[0] + numbers[1] + numbers[2] + numbers[3];
      else
        for (int j = 0; j < 4; j++)
          result = (i == 0 && k == 0 && j == 0) || numbers[j] > result ? numbers[j] : result;
    }
  return r->largest ? result : result / (double)(ny * nx);
}

static void
align (OnnxCall *call, const RoiAlign *r, const TelarTensor *boxes, const TelarTensor *batches)
{
  gint64 n = boxes->type.shape.dims[0], channels = r->x->type.shape.dims[1];
  TelarShape shape = telar_shape (n, channels, r->rows, r->columns);
  g_autoptr (TelarTensor) y = telar_tensor_try_new (r->x->type.dtype, &shape, &call->error);
  if (!y)
    return;
  gsize next = 0;
  for (gint64 i = 0; i < n; i++) {
    double box[4], batch = telar_tensor_get (batches, (gsize)i);
    if (batch < 0 || batch >= (double)r->x->type.shape.dims[0]) {
      onnx_call_fail (call, "region %" G_GINT64_FORMAT " lies in a picture that is not there", i);
      return;
    }
    for (gsize k = 0; k < 4; k++)
      box[k] = telar_tensor_get (boxes, (gsize)i * 4 + k) * r->scale - r->offset;
    for (gint64 c = 0; c < channels; c++) {
      gsize plane = (gsize)(((gint64)batch * channels + c) * r->height * r->width);
      for (gint64 place = 0; place < r->rows * r->columns; place++)
        telar_tensor_set (y, next++,
                          align_place (r, plane, box, place / r->columns, place % r->columns));
    }
  }
  onnx_call_give_numbers (call, 0, g_steal_pointer (&y));
}

/* He et al.: "Mask R-CNN", 2017. Since version 16 half a pixel is taken off by default. */
static void
trace_roi_align (OnnxCall *call)
{
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "avg");
  g_autofree char *coordinates =
      onnx_call_attr_text (call, "coordinate_transformation_mode",
                           call->version < 16 ? "output_half_pixel" : "half_pixel");
  RoiAlign r = { .rows = onnx_call_attr_int (call, "output_height", 1),
                 .columns = onnx_call_attr_int (call, "output_width", 1),
                 .sampling = CLAMP (onnx_call_attr_int (call, "sampling_ratio", 0), 0, 256),
                 .scale = onnx_call_attr_real (call, "spatial_scale", 1),
                 .offset = g_str_equal (coordinates, "half_pixel") ? 0.5 : 0,
                 .largest = g_str_equal (mode, "max") };
  const TelarTensor *boxes = onnx_call_numbers (call, 1), *batches = onnx_call_numbers (call, 2);
  r.x = onnx_call_numbers (call, 0);
  if (!r.x || !boxes || !batches)
    return;
  r.height = r.x->type.shape.dims[2];
  r.width = r.x->type.shape.dims[3];
  if (r.x->type.shape.rank != 4 || boxes->type.shape.rank != 2 || boxes->type.shape.dims[1] != 4 ||
      telar_tensor_elements (batches) != (gsize)boxes->type.shape.dims[0] || r.rows < 1 ||
      r.columns < 1 || r.rows > 4096 || r.columns > 4096 || r.height < 1 || r.width < 1)
    onnx_call_fail (call, "picture, regions and their pictures' numbers do not fit");
  else
    align (call, &r, boxes, batches);
}

const OnnxOperator onnx_operators_resize[] = {
  { "Resize", trace_resize },
  { "RoiAlign", trace_roi_align, .flags = ONNX_VALUES },
  { "Upsample", trace_resize },
  { NULL },
};
