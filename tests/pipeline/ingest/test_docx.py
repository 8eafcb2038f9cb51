"""Word: what is text, what is not, and what it is."""

from __future__ import annotations

from pathlib import Path

from docx.shared import Pt

from pipeline import guard
from pipeline.segment import segment
from pipeline.types import AlertKind, BlockKind
from tests.pipeline.ingest.conftest import Word, lines, part, read, rezip, run


def test_headings_keep_their_level(word: Word) -> None:
    word.docx.add_heading("第一章 总则", 1)
    word.docx.add_heading("服务范围", 2)
    word.p("正文。").p("附则", ppr='<w:outlineLvl w:val="0"/>').p("不是标题", ppr='<w:outlineLvl w:val="9"/>')
    blocks = word.read().blocks
    assert [(b.kind, b.level) for b in blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, None),
        (BlockKind.HEADING, 1),
        (BlockKind.PARAGRAPH, None),
    ]


def test_soft_breaks_part_lines_and_tabs_stay(word: Word) -> None:
    word.p(
        "<w:r><w:br/><w:t>单价</w:t><w:tab/><w:t>5000元</w:t><w:br/><w:t>含税</w:t><w:noBreakHyphen/><w:t>6%</w:t></w:r>"
    )
    assert word.lines() == ["单价\t5000元", "含税-6%"]


def test_controls_links_fields_and_formulas_show_their_text(word: Word) -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> IF </w:instrText><w:t>代码</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>30日</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    word.p("期限", "<w:sdt><w:sdtContent><w:r><w:t>十二</w:t></w:r></w:sdtContent></w:sdt>", "个月")
    word.p("见", "<w:hyperlink><w:r><w:t>附件一</w:t></w:r></w:hyperlink>", "，", field, "内")
    word.p('<w:fldSimple w:instr="REF x"><w:r><w:t>第三条</w:t></w:r></w:fldSimple>', "适用")
    word.p(
        "服务费=",
        "<m:oMath><m:f><m:num><m:r><m:t>总额-退款</m:t></m:r></m:num><m:den><m:r><m:t>12</m:t></m:r></m:den></m:f></m:oMath>",
    )
    word.xml("<w:sdt><w:sdtContent><w:p><w:r><w:t>整段控件</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    assert word.lines() == ["期限十二个月", "见附件一，30日内", "第三条适用", "服务费=(总额-退款)/12", "整段控件"]


def test_a_field_that_is_never_closed_hides_nothing(word: Word) -> None:
    word.p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "每月5000元")
    assert word.lines() == ["每月5000元"]


def test_tick_boxes_say_what_is_ticked(word: Word) -> None:
    def control(checked: str, sign: str) -> str:
        return (
            f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{checked}"/></w14:checkbox></w:sdtPr>'
            f"<w:sdtContent><w:r><w:t>{sign}</w:t></w:r></w:sdtContent></w:sdt>"
        )

    def form(inner: str) -> str:
        return (
            f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{inner}</w:ffData></w:fldChar></w:r>'
            '<w:r><w:instrText> FORM </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
        )

    word.p(control("1", "☒"), "月付 ", control("0", "☐"), "季付")
    word.p(form('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'), "含税", form("<w:checkBox/>"), "不含税")
    word.p(form('<w:ddList><w:result w:val="1"/><w:listEntry w:val="普票"/><w:listEntry w:val="专票"/></w:ddList>'))
    word.p("\uf0fe电话\uf0a8短信")
    word.p(
        '<w:r><w:sym w:font="Wingdings 2" w:char="F052"/><w:t>微信</w:t><w:sym w:font="Symbol" w:char="F0A3"/><w:t>5%</w:t></w:r>'
    )
    assert word.lines() == ["☑月付 ☐季付", "☑含税☐不含税", "专票", "☑电话□短信", "☑微信≤5%"]


def test_headers_footers_and_comments_are_not_text(word: Word) -> None:
    section = word.docx.sections[0]
    section.header.paragraphs[0].text = "某公司合同"
    section.footer.paragraphs[0].text = "第1页"
    paragraph = word.docx.add_paragraph("每坐席5000元。")
    word.docx.add_comment(paragraph.runs, text="这里太贵", author="法务")
    assert word.lines() == ["每坐席5000元。"]


def test_notes_stand_at_the_end_in_the_order_they_are_cited(word: Word) -> None:
    word.p("单价", '<w:r><w:footnoteReference w:id="3"/></w:r>', "与税", '<w:r><w:endnoteReference w:id="2"/></w:r>').p(
        "后文"
    )
    ns = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def notes(parts: dict[str, bytes]) -> None:
        for kind, key, text in (("footnote", 3, "不含税"), ("endnote", 2, "税率6%")):
            parts[f"word/{kind}s.xml"] = (
                f'<w:{kind}s {ns}><w:{kind} w:id="0" w:type="separator"><w:p><w:r><w:t>线</w:t></w:r></w:p></w:{kind}>'
                f'<w:{kind} w:id="{key}"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}></w:{kind}s>'
            ).encode()
            part(
                parts,
                "[Content_Types].xml",
                "</Types>",
                f'<Override PartName="/word/{kind}s.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"/></Types>',
            )
            part(
                parts,
                "word/_rels/document.xml.rels",
                "</Relationships>",
                f'<Relationship Id="rIdN{key}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s" Target="{kind}s.xml"/></Relationships>',
            )

    document = read(rezip(word.save(), notes))
    assert lines(document) == ["单价与税", "后文", "注1：不含税", "注2：税率6%"]
    assert document.blocks[-1].kind is BlockKind.FOOTNOTE


_BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><a:graphic><a:graphicData><wps:wsp><wps:spPr>{fill}</wps:spPr>'
    "<wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic></w:drawing></mc:Choice>"
    "<mc:Fallback><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_a_text_box_is_read_once_also_inside_a_cell(word: Word) -> None:
    box = _BOX.format(
        fill="", inner="<w:p><w:r><w:t>加班另计</w:t></w:r></w:p><w:p><w:r><w:t>每小时50元</w:t></w:r></w:p>"
    )
    word.p("费用", box)
    word.xml(
        f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r>{box}</w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    document = word.read()
    assert lines(document) == ["费用", "加班另计", "每小时50元", "甲 | 乙", "加班另计", "每小时50元"]
    assert document.blocks[1].kind is BlockKind.TEXT_BOX


def test_a_deleted_text_box_is_gone(word: Word) -> None:
    box = _BOX.format(fill="", inner="<w:p><w:r><w:t>旧约定</w:t></w:r></w:p>")
    assert word.p("费用", f'<w:del w:id="1" w:author="a">{box}</w:del>').lines() == ["费用"]


def test_tracked_changes_are_read_as_accepted_and_reported(word: Word) -> None:
    word.p("违约金为", '<w:del w:id="1" w:author="a"><w:r><w:delText>5%</w:delText></w:r></w:del>',
           '<w:ins w:id="2" w:author="a"><w:r><w:t>50%</w:t></w:r></w:ins>', "。")  # fmt: skip
    word.p('<w:moveFrom w:id="3" w:author="a"><w:r><w:t>移走的</w:t></w:r></w:moveFrom>')
    word.p('<w:moveTo w:id="4" w:author="a"><w:r><w:t>移来的</w:t></w:r></w:moveTo>')
    document = word.read()
    assert lines(document) == ["违约金为50%。", "移来的"]
    assert document.tracked_changes == 4
    alerts = guard.alerts(document, segment(document), ())
    assert [a.kind for a in alerts] == [AlertKind.TRACKED_CHANGES]
    assert "4 处" in alerts[0].message


def test_a_deleted_paragraph_mark_joins_two_paragraphs(word: Word) -> None:
    gone = '<w:rPr><w:del w:id="9" w:author="a"/></w:rPr>'
    word.p("乙方", ppr=gone).p("不得转包。").p("末段", ppr=gone)
    assert word.lines() == ["乙方不得转包。", "末段"]


def test_deleted_rows_and_cells_are_gone(word: Word) -> None:
    def cell(text: str, more: str = "") -> str:
        return f"<w:tc><w:tcPr>{more}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    word.xml(
        "<w:tbl><w:tr>" + cell("甲") + cell("旧", '<w:cellDel w:id="1" w:author="a"/>') + cell("乙") + "</w:tr>"
        '<w:tr><w:trPr><w:del w:id="2" w:author="a"/></w:trPr>' + cell("删") + cell("去") + "</w:tr></w:tbl>"
    )
    assert word.lines() == ["甲 | 乙"]


def test_a_table_is_read_row_by_row_under_its_header(word: Word) -> None:
    table = word.docx.add_table(rows=3, cols=3)
    for at, text in enumerate(["指标", "标准", "扣款", "首响", "30秒", "每次50元", "满意度", "≥95%", "5%"]):
        table.cell(at // 3, at % 3).text = text
    document = word.read()
    assert lines(document) == ["指标 | 标准 | 扣款", "首响 | 30秒 | 每次50元", "满意度 | ≥95% | 5%"]
    assert [(b.table, b.row, b.header) for b in document.blocks] == [(1, 1, True), (1, 2, False), (1, 3, False)]


def test_merged_cells_stay_under_their_columns(word: Word) -> None:
    table = word.docx.add_table(rows=4, cols=3)
    for at, text in enumerate(
        ["类别", "项目", "单价", "在线", "售前", "5000", "", "售后", "6000", "合计", "", "11000"]
    ):
        table.cell(at // 3, at % 3).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    document = word.read()
    cells = [[document.slice(c) for c in b.cells] for b in document.blocks]
    assert cells == [
        ["类别", "项目", "单价"],
        ["在线", "售前", "5000"],
        ["在线", "售后", "6000"],
        ["合计", "", "11000"],
    ]


def test_a_remark_across_the_table_is_one_cell(word: Word) -> None:
    table = word.docx.add_table(rows=2, cols=3)
    for at, text in enumerate(["甲", "乙", "丙"]):
        table.cell(0, at).text = text
    table.cell(1, 0).merge(table.cell(1, 2)).text = "注：以上均含税。"
    document = word.read()
    assert lines(document)[-1] == "注：以上均含税。"
    assert len(document.blocks[-1].cells) == 1


def test_rows_that_begin_further_right_keep_their_columns(word: Word) -> None:
    def cell(text: str, merge: str = "") -> str:
        return f"<w:tc><w:tcPr>{merge}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    word.xml(
        "<w:tbl><w:tr>" + cell("A") + cell("B", '<w:vMerge w:val="restart"/>') + "</w:tr>"
        '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("", "<w:vMerge/>") + "</w:tr></w:tbl>"
    )
    assert word.lines() == ["A | B", "B"]


def test_a_table_inside_a_cell_follows_the_outer_one(word: Word) -> None:
    outer = word.docx.add_table(rows=1, cols=2)
    outer.cell(0, 0).text, outer.cell(0, 1).text = "外一", "外二"
    inner = outer.cell(0, 1).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "内一", "内二"
    document = word.read()
    assert lines(document) == ["外一 | 外二", "内一 | 内二"]
    assert [b.table for b in document.blocks] == [1, 2]


def test_lines_of_a_table_of_contents_are_left_out_but_clauses_in_its_style_are_not(word: Word) -> None:
    word.style('<w:style w:type="paragraph" w:styleId="TOC1"><w:name w:val="toc 1"/></w:style>')
    ppr = '<w:pStyle w:val="TOC1"/>'
    word.p("<w:r><w:t>第一条 服务</w:t><w:tab/><w:t>3</w:t></w:r>", ppr=ppr).p("第二条 乙方不承担责任。", ppr=ppr)
    assert word.lines() == ["第二条 乙方不承担责任。"]


def test_hidden_white_and_tiny_print_is_kept_out_and_reported(word: Word) -> None:
    paragraph = word.docx.add_paragraph("甲方付款。")
    paragraph.add_run("隐藏的话").font.hidden = True
    paragraph.add_run("小字").font.size = Pt(1)
    word.p(
        "正文。",
        run("白字", '<w:color w:val="FFFFFF"/>'),
        run("黑底黑字", '<w:color w:val="000000"/><w:shd w:val="clear" w:fill="000000"/>'),
    )
    document = word.read()
    assert lines(document) == ["甲方付款。", "正文。"]
    assert [(h.text, h.reason) for h in document.hidden] == [
        ("隐藏的话", "隐藏文字"),
        ("小字", "字号小到看不见"),
        ("白字", "白色文字"),
        ("黑底黑字", "与底色相同的文字"),
    ]


def test_hidden_by_a_style_is_hidden(word: Word) -> None:
    word.style(
        '<w:style w:type="character" w:styleId="Ghost"><w:name w:val="ghost"/><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Pale"><w:name w:val="pale"/><w:rPr><w:color w:val="FEFEFE"/></w:rPr></w:style>'
    )
    word.p(
        "看得见",
        run("看不见", '<w:rStyle w:val="Ghost"/>'),
        run("又看得见", '<w:rStyle w:val="Ghost"/><w:vanish w:val="0"/>'),
    )
    word.p("整段白字", ppr='<w:pStyle w:val="Pale"/>')
    document = word.read()
    assert lines(document) == ["看得见又看得见"]
    assert [h.text for h in document.hidden] == ["看不见", "整段白字"]


def test_white_print_on_a_dark_ground_is_text(word: Word) -> None:
    white = '<w:color w:val="FFFFFF"/>'
    dark = '<w:shd w:val="clear" w:fill="1F3864"/>'
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p>{}</w:p></w:tc>"
    word.style(
        '<w:style w:type="table" w:styleId="Dark"><w:name w:val="dark"/><w:tblStylePr w:type="firstRow"><w:tcPr>'
        '<w:shd w:val="clear" w:fill="4472C4"/></w:tcPr></w:tblStylePr></w:style>'
    )
    word.p(run("段", white), ppr=dark).p(run("亮", white + '<w:highlight w:val="blue"/>'))
    word.xml(
        "<w:tbl><w:tr>" + cell.format(dark, run("格", white)) + cell.format("", run("无底", white)) + "</w:tr></w:tbl>"
    )
    word.xml(
        '<w:tbl><w:tblPr><w:tblStyle w:val="Dark"/></w:tblPr><w:tr>'
        + cell.format("", run("表头", white))
        + "</w:tr></w:tbl>"
    )
    fill = '<a:solidFill><a:srgbClr val="203864"/></a:solidFill>'
    word.p(_BOX.format(fill=fill, inner=f"<w:p>{run('框', white)}</w:p>"))
    word.p(_BOX.format(fill="<a:noFill/>", inner=f"<w:p>{run('空框', white)}</w:p>"))
    document = word.read()
    assert lines(document) == ["段", "亮", "格 | ", "表头", "框"]
    assert [h.text for h in document.hidden] == ["无底", "空框"]


def test_letters_spelled_in_zero_width_signs_are_reported(word: Word) -> None:
    document = word.p("甲\u200b方", "\u200b\u200c\u200d\u200b").read()
    assert document.text == "甲方"
    assert [h.reason for h in document.hidden] == ["零宽字符"]


def test_a_document_part_of_another_name_is_found(word: Word) -> None:
    path = word.p("每月5000元。").save()

    def rename(parts: dict[str, bytes]) -> None:
        parts["word/document2.xml"] = parts.pop("word/document.xml")
        parts["word/_rels/document2.xml.rels"] = parts.pop("word/_rels/document.xml.rels")
        part(parts, "[Content_Types].xml", "/word/document.xml", "/word/document2.xml")
        part(parts, "_rels/.rels", "word/document.xml", "word/document2.xml")

    assert read(rezip(path, rename)).text == "每月5000元。"


def test_the_name_of_the_file_does_not_matter(word: Word, tmp_path: Path) -> None:
    path = word.p("每月5000元。").save()
    assert read(path.rename(tmp_path / "合同.bin")).text == "每月5000元。"
