/* Bytes of a file, plain or gzip: one way in for the IDX and CSV readers, so that both take either
 * and both name the file when it is damaged. */
#include "data/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* The best that deflate can do: 258 bytes from two bits. */
#define DEFLATE_RATIO 1032

struct TelarStream {
  char *path;
  gzFile file;
  guint64 size; /* of the file on disk */
  gboolean cut_off;
};

static int
open_regular (const char *path, guint64 *size, GError **error)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path, g_strerror (errno));
    return -1;
  }
  struct stat info;
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not a regular file", path);
    close (fd);
    return -1;
  }
  *size = (guint64)info.st_size;
  return fd;
}

TelarStream *
telar_stream_open (const char *path, GError **error)
{
  guint64 size = 0;
  int fd = open_regular (path, &size, error);
  if (fd < 0)
    return NULL;
  gzFile file = gzdopen (fd, "rb");
  if (file == NULL) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s: no memory to read it", path);
    close (fd);
    return NULL;
  }
  gzbuffer (file, 1 << 16);
  TelarStream *stream = g_new0 (TelarStream, 1);
  stream->path = g_strdup (path);
  stream->file = file;
  stream->size = size;
  return stream;
}

void
telar_stream_free (TelarStream *stream)
{
  if (stream == NULL)
    return;
  gzclose_r (stream->file);
  g_free (stream->path);
  g_free (stream);
}

const char *
telar_stream_path (const TelarStream *stream)
{
  return stream->path;
}

gssize
telar_stream_read (TelarStream *stream, void *buffer, gsize size, GError **error)
{
  gsize done = 0;
  while (done < size) {
    unsigned part = (unsigned)MIN (size - done, (gsize)1 << 28);
    int got = gzread (stream->file, (char *)buffer + done, part);
    if (got < 0) {
      int code = Z_OK;
      const char *text = gzerror (stream->file, &code);
      if (code == Z_BUF_ERROR) {
        stream->cut_off = TRUE;
        break;
      }
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", stream->path,
                       code == Z_ERRNO ? g_strerror (errno) : text);
      return -1;
    }
    done += (gsize)got;
    if ((unsigned)got < part) {
      int code = Z_OK;
      gzerror (stream->file, &code);
      stream->cut_off = code == Z_BUF_ERROR;
      break;
    }
  }
  return (gssize)done;
}

gboolean
telar_stream_cut_off (const TelarStream *stream)
{
  return stream->cut_off;
}

guint64
telar_stream_limit (const TelarStream *stream)
{
  if (gzdirect (stream->file))
    return stream->size;
  return stream->size > G_MAXUINT64 / DEFLATE_RATIO ? G_MAXUINT64 : stream->size * DEFLATE_RATIO;
}
