"""Settings from ``SHENYUE_*`` environment variables and ``.env``, validated once."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import SettingsError


class Settings(BaseSettings):
    """Limits and places; every field can be set as ``SHENYUE_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="SHENYUE_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path.home() / ".shenyue", description="cache of embeddings")
    cache: bool = Field(default=True, description="keep embeddings of clauses between runs")
    max_file_mb: int = Field(default=50, ge=1, description="largest file read, MiB")
    max_unpacked_mb: int = Field(default=300, ge=1, description="largest unpacked size of a .docx, MiB")
    max_pages: int = Field(default=500, ge=1, description="most pages of a PDF")
    max_chars: int = Field(default=1_000_000, ge=1000, description="most characters of a contract")
    ocr_dpi: int = Field(default=200, ge=72, le=600, description="resolution at which a scanned page is read")
    threads: int = Field(default=2, ge=1, le=256, description="threads of the embedder and the OCR")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a value out of range.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "SHENYUE_" + str(first["loc"][0]).upper()
        raise SettingsError(f"环境变量 {name} 的值无效：{first['msg']}。请改正后重试") from error
