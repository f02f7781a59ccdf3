/* The sections of the Train page beside its charts: each shows one kind of what a run store keeps
 * (insight/store-media.h) and is asked to follow the run only while it can be seen. */
#pragma once

#include "insight/store-media.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Histograms of weights, gradients and outputs. */
#define TELAR_TYPE_HISTOGRAM_SECTION (telar_histogram_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarHistogramSection, telar_histogram_section, TELAR, HISTOGRAM_SECTION,
                      AdwBin)
GtkWidget *telar_histogram_section_new (void);

/* Pictures, with a scale that goes through the steps. */
#define TELAR_TYPE_IMAGE_SECTION (telar_image_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarImageSection, telar_image_section, TELAR, IMAGE_SECTION, AdwBin)
GtkWidget *telar_image_section_new (void);
/* Of the misclassified samples at a step (G_MAXINT64: the newest) only those of one class taken for
 * another; -1: all. */
void telar_image_section_filter (TelarImageSection *section, int truth, int answer, gint64 step);

/* How good a classifier's probabilities are: precision and recall, ROC, calibration. */
#define TELAR_TYPE_JUDGED_SECTION (telar_judged_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarJudgedSection, telar_judged_section, TELAR, JUDGED_SECTION, AdwBin)
GtkWidget *telar_judged_section_new (void);

/* Processors, memory, graphics cards. */
#define TELAR_TYPE_SYSTEM_SECTION (telar_system_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarSystemSection, telar_system_section, TELAR, SYSTEM_SECTION, AdwBin)
GtkWidget *telar_system_section_new (void);

/* The profile of a step; its signal "wanted" asks for one. */
#define TELAR_TYPE_PROFILE_SECTION (telar_profile_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarProfileSection, telar_profile_section, TELAR, PROFILE_SECTION, AdwBin)
GtkWidget *telar_profile_section_new (void);
void telar_profile_section_set_alive (TelarProfileSection *section, gboolean alive);

/* Samples as points: the embedding projector. */
#define TELAR_TYPE_PROJECTION_SECTION (telar_projection_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarProjectionSection, telar_projection_section, TELAR, PROJECTION_SECTION,
                      AdwBin)
GtkWidget *telar_projection_section_new (void);

/* Where the run comes from and what became of it; signal "chosen" (text run). */
#define TELAR_TYPE_LINEAGE_SECTION (telar_lineage_section_get_type ())
G_DECLARE_FINAL_TYPE (TelarLineageSection, telar_lineage_section, TELAR, LINEAGE_SECTION, AdwBin)
GtkWidget *telar_lineage_section_new (void);

/* The store that they followed last is closed; in another one a run of the same number is another.
 */
void telar_histogram_section_forget (TelarHistogramSection *section);
void telar_image_section_forget (TelarImageSection *section);
void telar_judged_section_forget (TelarJudgedSection *section);
void telar_system_section_forget (TelarSystemSection *section);
void telar_projection_section_forget (TelarProjectionSection *section);
void telar_lineage_section_forget (TelarLineageSection *section);

/* Reads what is new of the run; forgets all when it is another than before. */
gboolean telar_histogram_section_follow (TelarHistogramSection *section, TelarStore *store,
                                         gint64 run, GError **error);
gboolean telar_image_section_follow (TelarImageSection *section, TelarStore *store, gint64 run,
                                     GError **error);
gboolean telar_judged_section_follow (TelarJudgedSection *section, TelarStore *store, gint64 run,
                                      GError **error);
gboolean telar_system_section_follow (TelarSystemSection *section, TelarStore *store, gint64 run,
                                      GError **error);
gboolean telar_profile_section_follow (TelarProfileSection *section, TelarStore *store, gint64 run,
                                       GError **error);
gboolean telar_projection_section_follow (TelarProjectionSection *section, TelarStore *store,
                                          const TelarRunRow *run, GError **error);
/* @local: the files of the run are on this machine and can be looked at. */
gboolean telar_lineage_section_follow (TelarLineageSection *section, TelarStore *store,
                                       const TelarRunRow *run, gboolean local, GError **error);

G_END_DECLS
