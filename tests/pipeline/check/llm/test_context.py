"""How clauses are printed in a prompt: masked in every part, and nothing said twice."""

from __future__ import annotations

from pathlib import Path

from docx import Document as Word

from pipeline.check.llm.context import Open, full, lines
from pipeline.ingest import ingest
from pipeline.privacy import masking
from pipeline.segment import segment
from tests.pipeline.conftest import make_document

CONTRACT = """第一条 服务内容
1.1 乙方负责售前咨询。
1.2 乙方负责投诉处理。
第二条 服务期限
2.1 自2025年1月1日起一年。
"""


def test_a_place_that_the_words_or_the_line_above_say_is_not_repeated() -> None:
    document = make_document(CONTRACT)
    every = lines(document, segment(document), Open())
    assert full(every).text.split("\n") == [
        "[C0]｜第一条 服务内容",
        "[C1]｜1.1 乙方负责售前咨询。",
        "[C2]｜1.2 乙方负责投诉处理。",
        "[C3]｜第二条 服务期限",
        "[C4]｜2.1 自2025年1月1日起一年。",
    ]
    assert every[2].after(None) == "[C2] 第一条｜1.2 乙方负责投诉处理。"  # alone, it says where it stands
    assert every[4].after(every[2]) == "[C4] 第二条｜2.1 自2025年1月1日起一年。"


def test_the_columns_of_a_table_are_masked_and_said_once(tmp_path: Path) -> None:
    word = Word()
    word.add_paragraph("甲方：锦绣山河服饰有限公司")
    word.add_paragraph("乙方：海州云帆客服有限公司")
    table = word.add_table(rows=3, cols=2)
    rows = [("甲方（委托方）", "锦绣山河服饰有限公司"), ("首次响应", "30秒"), ("解决率", "90%")]
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    path = tmp_path / "表.docx"
    word.save(str(path))
    document = ingest(path)
    clauses = segment(document)
    sent = full(lines(document, clauses, masking(document, clauses, []))).text
    assert "锦绣山河" not in sent
    assert sent.count("（列：") == 1
    assert "解决率 | 90%" in sent
