"""Settings from ``SHENYUE_*`` environment variables and ``.env``, validated once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline import saved
from pipeline.errors import SettingsError


class Settings(BaseSettings):
    """Limits and places; every field can be set as ``SHENYUE_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="SHENYUE_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path.home() / ".shenyue", description="caches")
    cache: bool = Field(default=True, description="keep embeddings and replies between runs")
    database_url: str = Field(
        default="", description="store of contracts and reviews, postgresql://…; a SQLite file in data_dir when empty"
    )
    database_wait: float = Field(
        default=600.0, ge=0, description="how long a batch run waits for its database, seconds"
    )
    chroma_url: str = Field(
        default="", description="Chroma server of the clause library, http://…; a folder in data_dir when empty"
    )
    max_file_mb: int = Field(default=50, ge=1, description="largest file read, MiB")
    max_unpacked_mb: int = Field(default=300, ge=1, description="largest unpacked size of a .docx, MiB")
    max_pages: int = Field(default=500, ge=1, description="most pages of a PDF")
    max_chars: int = Field(default=1_000_000, ge=1000, description="most characters of a contract")
    ocr_dpi: int = Field(default=200, ge=72, le=600, description="resolution at which a scanned page is read")
    threads: int = Field(default=2, ge=1, le=256, description="threads of the embedder and the OCR of a review")
    workers: int = Field(default=2, ge=1, le=64, description="contracts that the page reviews at once, a process each")
    file_seconds: float = Field(default=600.0, gt=0, description="longest review of one file by a worker")
    file_memory_mb: int = Field(default=3000, ge=500, description="most memory of a worker, MiB")
    model: str = Field(
        default="", description="chat model of the llm engine, provider: in front for others than OpenAI's API"
    )
    context: Literal["auto", "full", "retrieved"] = Field(
        default="auto", description="how much of a contract a call sees"
    )
    context_tokens: int = Field(default=24_000, ge=500, description="largest contract that auto gives whole, tokens")
    retrieved_tokens: int = Field(default=1_600, ge=200, description="contract text of one retrieved call, tokens")
    max_output_tokens: int = Field(default=4_000, ge=200, description="longest reply, tokens")
    model_timeout: float = Field(default=120.0, gt=0, description="of one call, seconds")
    model_retries: int = Field(default=3, ge=0, le=10, description="of a failed call")
    requests_per_second: float = Field(
        default=0.0, ge=0, description="to the model, of all processes of a machine that share data_dir, 0 for no limit"
    )
    concurrent_requests: int = Field(
        default=0, ge=0, le=1000, description="under way at once, of all processes as above, 0 for no limit"
    )
    max_run_tokens: int = Field(default=0, ge=0, description="of one run, input and output, 0 for no ceiling")
    max_run_cost: float = Field(
        default=0.0, ge=0, description="of one run, in the currency of prices, 0 for no ceiling"
    )
    prices: dict[str, tuple[float, float, float]] = Field(
        default_factory=dict, description="by model: money per million input, cached input and output tokens"
    )
    mask: bool = Field(default=True, description="replace names, numbers and addresses before anything is sent")
    auth: str = Field(
        default="", description="sign-in to the page: a TOML or JSON file of an OpenID provider, or the JSON itself"
    )
    admins: str = Field(default="", description="e-mail addresses that see everybody's contracts, separated by commas")


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process: the environment first, then ``./.env``, then what the page keeps in the data folder.

    Raises:
        SettingsError: a value out of range.
    """
    try:
        folder = Settings().data_dir
        saved.take(folder)
        return Settings(_env_file=(folder / saved.NAME, ".env"), data_dir=folder)
    except ValidationError as error:
        first = error.errors()[0]
        name = "SHENYUE_" + str(first["loc"][0]).upper()
        raise SettingsError(f"环境变量 {name} 的值无效：{first['msg']}。请改正后重试") from error


def keep(values: Mapping[str, str]) -> None:
    """Put these of ``saved.KEPT`` into the data folder's file; names left out keep what they have, an empty value forgets it.

    An address that changes takes its key with it: a key is only ever sent where it was meant to go. From now on ``settings()`` is the new.

    Raises:
        SettingsError: an address that is none, or a file that cannot be written.
    """
    folder = settings().data_dir
    before = saved.read(folder)
    after = {**before, **values}
    if address := after.get(saved.ADDRESS):
        saved.check_address(address)
    if after.get(saved.ADDRESS, "") != before.get(saved.ADDRESS, "") and not values.get(saved.KEY):
        after[saved.KEY] = ""
    saved.write(folder, after)
    settings.cache_clear()
