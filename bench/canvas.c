/* Frames of the canvas over large drawings: what a frame takes while the view pans, zooms, and one
 * node is dragged, and what opening a drawing takes that has no layout yet. Prints a line of JSON
 * for each.
 *
 *   bench-canvas [--frames N] [--view NAME] gtk|NODES...
 *
 * A frame is all that the program's main thread does from the start of the frame clock's cycle to
 * its end: following the input, making render nodes, drawing them with cairo, handing the pixels to
 * the display. Besides wall time the thread's own CPU time is told, which other programs on the
 * machine disturb less. */
#include "app/canvas/canvas-private.h"
#include "app/canvas/minimap.h"
#include "bench/canvas-graph.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#define WIDTH     1280
#define HEIGHT    800
#define PAN_STEP  16.0  /* pixels a frame */
#define DRAG_STEP 5.0   /* pixels a frame */
#define ZOOM_STEP 1.015 /* a frame */
#define WARM_UP   10    /* frames that are not counted */

typedef struct Bench Bench;

typedef struct {
  const char *name;
  void (*begin) (Bench *bench);
  void (*step) (Bench *bench, guint frame);
  void (*end) (Bench *bench);
} Motion;

struct Bench {
  GtkWidget *window;
  TelarCanvas *canvas;
  TelarDocument *document;
  guint n_nodes, n_frames;
  const char *only; /* the one view to measure; NULL: all */

  const Motion *motion;
  TelarView start;
  GtkEventController *drag;
  guint frame;
  gint64 wall;
  double cpu;
  GArray *walls, *cpus; /* milliseconds */
};

static double
thread_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static double
percentile (GArray *values, double share)
{
  g_array_sort (values, compare);
  return g_array_index (values, double, (guint)(share * (values->len - 1)));
}

/* --- motions ---------------------------------------------------------------------------------- */

/* Round in a circle, so that the view stays over the drawing. */
static void
pan (Bench *bench, guint frame)
{
  double angle = frame * 2 * G_PI / 120, step = PAN_STEP / bench->canvas->view.zoom;
  TelarView view = bench->canvas->view;

  view.x += step * cos (angle);
  view.y += step * sin (angle);
  telar_canvas_set_view (bench->canvas, &view);
}

static void
zoom (Bench *bench, guint frame)
{
  double factor = frame / 40 % 2 == 0 ? ZOOM_STEP : 1 / ZOOM_STEP;

  telar_canvas_zoom_about (bench->canvas, bench->canvas->view.zoom * factor, WIDTH / 2.0,
                           HEIGHT / 2.0);
}

static GtkEventController *
drag_gesture (TelarCanvas *canvas)
{
  g_autoptr (GListModel) list = gtk_widget_observe_controllers (GTK_WIDGET (canvas));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (list, i);

    if (G_OBJECT_TYPE (item) == GTK_TYPE_GESTURE_DRAG)
      return item;
  }
  g_assert_not_reached ();
}

/* The node nearest to the middle of the view. */
static graphene_point_t
grip (Bench *bench)
{
  const GPtrArray *nodes = telar_scene_nodes (bench->canvas->scene);
  graphene_point_t middle = telar_canvas_from_widget (bench->canvas, WIDTH / 2.0, HEIGHT / 2.0);
  graphene_point_t best = { 0, 0 };
  float nearest = G_MAXFLOAT;

  for (guint i = 0; i < nodes->len; i++) {
    const graphene_rect_t *rect = telar_scene_node_rect (nodes->pdata[i]);
    graphene_point_t at =
        GRAPHENE_POINT_INIT (rect->origin.x + rect->size.width / 2, rect->origin.y + 14);
    float distance = hypotf (at.x - middle.x, at.y - middle.y);

    if (distance < nearest) {
      nearest = distance;
      best = at;
    }
  }
  return telar_canvas_to_widget (bench->canvas, best.x, best.y);
}

static void
drag_begin (Bench *bench)
{
  graphene_point_t at = grip (bench);

  bench->drag = drag_gesture (bench->canvas);
  g_signal_emit_by_name (bench->drag, "drag-begin", (double)at.x, (double)at.y);
}

static void
drag_step (Bench *bench, guint frame)
{
  double angle = frame * 2 * G_PI / 120, radius = DRAG_STEP * 120 / (2 * G_PI);

  g_signal_emit_by_name (bench->drag, "drag-update", radius * sin (angle) + DRAG_STEP * frame / 2.0,
                         radius * (1 - cos (angle)));
}

static void
drag_end (Bench *bench)
{
  telar_canvas_cancel_drag (bench->canvas);
}

static const Motion motions[] = { { "pan", NULL, pan, NULL },
                                  { "zoom", NULL, zoom, NULL },
                                  { "drag", drag_begin, drag_step, drag_end } };

/* --- frames ----------------------------------------------------------------------------------- */

static void
on_before_paint (GdkFrameClock *clock, Bench *bench)
{
  bench->wall = g_get_monotonic_time ();
  bench->cpu = thread_ms ();
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Bench *bench = data;

  if (bench->motion)
    bench->motion->step (bench, bench->frame);
  return G_SOURCE_CONTINUE;
}

static void
on_after_paint (GdkFrameClock *clock, Bench *bench)
{
  double wall = (double)(g_get_monotonic_time () - bench->wall) / 1e3;
  double cpu = thread_ms () - bench->cpu;

  if (!bench->motion)
    return;
  if (bench->frame++ >= WARM_UP) {
    g_array_append_val (bench->walls, wall);
    g_array_append_val (bench->cpus, cpu);
  }
  if (bench->walls->len == bench->n_frames)
    bench->motion = NULL;
}

static void
settle (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
}

/* The frames of a motion, and a line of what they took; @name: of the view. */
static void
record (Bench *bench, const char *name, const Motion *motion)
{
  settle (300);
  g_array_set_size (bench->walls, 0);
  g_array_set_size (bench->cpus, 0);
  bench->frame = 0;
  if (motion->begin)
    motion->begin (bench);
  bench->motion = motion;
  while (bench->motion)
    g_main_context_iteration (NULL, TRUE);
  if (motion->end)
    motion->end (bench);
  g_print ("{\"nodes\": %u, \"view\": \"%s\", \"zoom\": %.4f, \"motion\": \"%s\", "
           "\"median_ms\": %.2f, \"p99_ms\": %.2f, \"cpu_median_ms\": %.2f, "
           "\"cpu_p99_ms\": %.2f}\n",
           bench->n_nodes, name, bench->start.zoom, motion->name, percentile (bench->walls, 0.5),
           percentile (bench->walls, 0.99), percentile (bench->cpus, 0.5),
           percentile (bench->cpus, 0.99));
}

/* About the middle of the drawing. */
static void
look (Bench *bench, double zoom)
{
  graphene_rect_t bounds;

  telar_scene_bounds (bench->canvas->scene, &bounds);
  bench->start = (TelarView){ bounds.origin.x + bounds.size.width / 2 - WIDTH / zoom / 2,
                              bounds.origin.y + bounds.size.height / 2 - HEIGHT / zoom / 2, zoom };
}

static void
measure_all (Bench *bench)
{
  static const struct {
    const char *name;
    double zoom; /* 0: all in view */
  } views[] = { { "working", 1.0 }, { "half", 0.5 }, { "blocks", 0.25 }, { "fit", 0 } };

  for (guint v = 0; v < G_N_ELEMENTS (views); v++) {
    if (bench->only && !g_str_equal (bench->only, views[v].name))
      continue;
    if (views[v].zoom > 0) {
      look (bench, views[v].zoom);
    } else {
      telar_canvas_fit (bench->canvas, FALSE);
      bench->start = bench->canvas->view;
    }
    for (guint m = 0; m < G_N_ELEMENTS (motions); m++) {
      telar_canvas_set_view (bench->canvas, &bench->start);
      record (bench, views[v].name, &motions[m]);
    }
  }
}

/* --- opening ---------------------------------------------------------------------------------- */

/* A window of the bench's size, whose frames are measured while @ticking is in it. */
static void
present (Bench *bench, GtkWidget *child, GtkWidget *ticking)
{
  GdkFrameClock *clock;

  bench->walls = g_array_new (FALSE, FALSE, sizeof (double));
  bench->cpus = g_array_new (FALSE, FALSE, sizeof (double));
  bench->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (bench->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (bench->window), WIDTH, HEIGHT);
  gtk_window_set_child (GTK_WINDOW (bench->window), child);
  gtk_window_present (GTK_WINDOW (bench->window));
  gtk_test_widget_wait_for_draw (bench->window);
  clock = gtk_widget_get_frame_clock (bench->window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), bench);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), bench);
  gtk_widget_add_tick_callback (ticking, on_tick, bench, NULL);
}

static void
dismiss (Bench *bench)
{
  gtk_window_destroy (GTK_WINDOW (bench->window));
  settle (100);
  g_array_unref (bench->walls);
  g_array_unref (bench->cpus);
}

static void
build_window (Bench *bench)
{
  GtkWidget *overlay = gtk_overlay_new (), *map;

  bench->canvas = TELAR_CANVAS (telar_canvas_new ());
  map = telar_minimap_new (bench->canvas);
  gtk_widget_set_halign (map, GTK_ALIGN_END);
  gtk_widget_set_valign (map, GTK_ALIGN_END);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), GTK_WIDGET (bench->canvas));
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), map);
  present (bench, overlay, GTK_WIDGET (bench->canvas));
}

/* From the file, which knows no places, to its first picture. */
static void
open_file (Bench *bench, const char *path)
{
  gint64 wall = g_get_monotonic_time ();
  double cpu = thread_ms ();
  g_autoptr (GError) error = NULL;
  graphene_rect_t bounds;

  bench->document = telar_document_open (path, &error);
  if (!bench->document)
    g_error ("%s", error->message);
  telar_canvas_set_document (bench->canvas, bench->document, NULL);
  gtk_widget_queue_draw (GTK_WIDGET (bench->canvas));
  gtk_test_widget_wait_for_draw (bench->window);
  telar_scene_bounds (bench->canvas->scene, &bounds);
  g_print ("{\"nodes\": %u, \"motion\": \"open\", \"width\": %.0f, \"height\": %.0f, "
           "\"median_ms\": %.1f, \"cpu_median_ms\": %.1f}\n",
           bench->n_nodes, bounds.size.width, bounds.size.height,
           (double)(g_get_monotonic_time () - wall) / 1e3, thread_ms () - cpu);
}

/* Shapes, as the analysis would tell them. */
static void
annotate (Bench *bench)
{
  const GPtrArray *nodes = telar_scene_nodes (bench->canvas->scene);

  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];
    char **shapes = g_new0 (char *, node->n_outputs + 1);

    for (guint port = 0; port < node->n_outputs; port++)
      shapes[port] = g_strdup_printf ("N,%u,28,28", 16 + i % 7 * 16);
    telar_scene_annotate (bench->canvas->scene, node, shapes, TELAR_BADGE_NONE);
  }
}

static void
run (guint n_nodes, guint n_frames, const char *only)
{
  Bench bench = { .n_nodes = n_nodes, .n_frames = n_frames, .only = only };
  g_autoptr (TelarGraph) graph = bench_graph (n_nodes);
  g_autofree char *folder = g_dir_make_tmp ("telar-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "large.telar", NULL);
  g_autoptr (GError) error = NULL;

  if (!telar_graph_save (graph, path, &error))
    g_error ("%s", error->message);
  build_window (&bench);
  open_file (&bench, path);
  annotate (&bench);
  if (n_frames > 0)
    measure_all (&bench);
  telar_document_close (bench.document);
  dismiss (&bench);
  g_object_unref (bench.document);
  g_remove (path);
  g_rmdir (folder);
}

/* --- GTK alone -------------------------------------------------------------------------------- */

static void
draw_colour (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer bench)
{
  cairo_set_source_rgb (cr, ((const Bench *)bench)->frame % 2, 0.5, 0.5);
  cairo_paint (cr);
}

static void
change_colour (Bench *bench, guint frame)
{
  gtk_widget_queue_draw (gtk_window_get_child (GTK_WINDOW (bench->window)));
}

/* What a frame takes in which the window is filled with a colour, by GTK as it comes: it lets go of
 * the memory of each frame, which the canvas keeps (frame-memory.h). */
static void
run_gtk (guint n_frames)
{
  static const Motion motion = { "colour", NULL, change_colour, NULL };
  Bench bench = { .n_frames = n_frames };
  GtkWidget *area = gtk_drawing_area_new ();

  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_colour, &bench, NULL);
  present (&bench, area, area);
  record (&bench, "gtk", &motion);
  dismiss (&bench);
}

int
main (int argc, char **argv)
{
  guint n_frames = 200;
  const char *only = NULL;

  adw_init ();
  telar_operators_init ();
  for (int i = 1; i < argc; i++) {
    if (g_str_equal (argv[i], "--frames") && i + 1 < argc)
      n_frames = (guint)atoi (argv[++i]);
    else if (g_str_equal (argv[i], "--view") && i + 1 < argc)
      only = argv[++i];
    else if (g_str_equal (argv[i], "gtk"))
      run_gtk (n_frames);
    else
      run ((guint)atoi (argv[i]), n_frames, only);
  }
  return 0;
}
