"""Static files: hashed names, compressed once, cached for ever by browsers."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Also rewrites the imports of ES modules."""

    support_js_module_import_aggregation = True
    manifest_strict = True
