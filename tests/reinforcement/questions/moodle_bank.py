"""A Moodle XML bank of ours, and how tests read it."""

import html
from dataclasses import replace

from reinforcement.questions.formats.moodle_xml import read

SAMPLE = """<?xml version="1.0" encoding="UTF-8"?>
<quiz>
<!-- question: 0 -->
  <question type="category">
    <category><text>$course$/top/Default for Sales/Closing R&amp;D//IT</text></category>
  </question>
  <question type="multichoice">
    <name><text>Price too high</text></name>
    <questiontext format="html">
      <text><![CDATA[<p>A buyer says your <strong>price</strong> is too high.</p><p>What do you ask first?</p>]]></text>
    </questiontext>
    <generalfeedback format="html"><text><![CDATA[<p>Too high beside what?</p>]]></text></generalfeedback>
    <defaultgrade>1.0</defaultgrade>
    <idnumber>CL-1</idnumber>
    <single>true</single>
    <shuffleanswers>false</shuffleanswers>
    <correctfeedback format="html"><text>Well done.</text></correctfeedback>
    <answer fraction="100" format="html"><text><![CDATA[<p>Compared with what?</p>]]></text>
      <feedback format="html"><text><![CDATA[<p>Right: find the anchor.</p>]]></text></feedback></answer>
    <answer fraction="50" format="html"><text>What is your budget?</text><feedback format="html"><text></text></feedback></answer>
    <answer fraction="0" format="plain_text"><text>Shall we say 10 % &lt; off?</text></answer>
  </question>
  <question type="multichoice">
    <questiontext format="html"><text>&lt;p&gt;Who joins the last call?&lt;/p&gt;</text></questiontext>
    <single>false</single>
    <answer fraction="50"><text>The buyer</text></answer>
    <answer fraction="50"><text>Legal</text></answer>
    <answer fraction="-100"><text>Nobody</text></answer>
  </question>
  <question type="truefalse">
    <questiontext format="html"><text>A silence after the price helps.</text></questiontext>
    <answer fraction="100" format="moodle_auto_format"><text>true</text><feedback><text>It does.</text></feedback></answer>
    <answer fraction="0" format="moodle_auto_format"><text>false</text></answer>
  </question>
  <question type="shortanswer">
    <questiontext format="html"><text>What do you fall back on?</text></questiontext>
    <usecase>1</usecase>
    <answer fraction="100"><text>BATNA</text><feedback format="html"><text>Yes.</text></feedback></answer>
    <answer fraction="33.33333"><text>*alternative*</text></answer>
    <answer fraction="0"><text>*</text></answer>
  </question>
  <question type="numerical">
    <questiontext format="html"><text>How much of a list price of 250 is a discount of 30?</text></questiontext>
    <answer fraction="100"><text>12.50</text><tolerance>0.5</tolerance><feedback><text>Good.</text></feedback></answer>
    <answer fraction="50"><text>1.2e1</text><tolerance>1</tolerance></answer>
    <answer fraction="0"><text>*</text><tolerance>0</tolerance></answer>
    <units>
      <unit><multiplier>1</multiplier><unit_name>%</unit_name></unit>
      <unit><multiplier>0.01</multiplier><unit_name>per mille</unit_name></unit>
    </units>
  </question>
  <question type="matching">
    <questiontext format="html"><text>Who does what?</text></questiontext>
    <subquestion format="html"><text><![CDATA[<p>Signs</p>]]></text><answer><text>Buyer</text></answer></subquestion>
    <subquestion format="html"><text></text><answer><text>Intern</text></answer></subquestion>
    <subquestion format="html"><text><![CDATA[<p>Pays</p>]]></text><answer><text>Finance &amp; control</text></answer></subquestion>
    <subquestion format="html"><text><![CDATA[<p>Chooses</p>]]></text><answer><text>buyer</text></answer></subquestion>
  </question>
  <question type="ordering">
    <questiontext format="html"><text>In which order do you sell?</text></questiontext>
    <answer fraction="2.0000000" format="html"><text>Propose</text></answer>
    <answer fraction="1.0000000" format="html"><text>Listen</text></answer>
    <answer fraction="3.0000000" format="html"><text>Close</text></answer>
  </question>
  <question type="cloze">
    <name><text>Gaps</text></name>
    <questiontext format="html"><text><![CDATA[<p>Read the note.</p><p>Complete it.</p>
<p>The {1:SHORTANSWER:=buyer#Yes~%100%client~%50%user} decides<br>after {2:NUMERICAL:=3:0.1} calls, with
{1:MC:x \\} y~=legal &amp; \\~ finance~%0%sales}.</p>]]></text></questiontext>
  </question>
  <question type="gapselect">
    <name><text>Roles</text></name>
    <questiontext format="html"><text><![CDATA[<p>The [[1]] signs, the [[3]] pays, and [[1]] again.</p>]]></text></questiontext>
    <selectoption><text>buyer</text><group>1</group></selectoption>
    <selectoption><text>seller</text><group>1</group></selectoption>
    <selectoption><text>bank</text><group>2</group></selectoption>
  </question>
  <question type="ddwtos">
    <name><text></text></name>
    <questiontext format="html"><text>Ask, then [[2]].</text></questiontext>
    <dragbox><text>talk</text><group>1</group></dragbox>
    <dragbox><text>listen</text><group>1</group></dragbox>
  </question>
  <question type="essay"><questiontext format="html"><text>Write a mail.</text></questiontext></question>
  <question type="calculatedmulti"><questiontext format="html"><text>{a} + {b}</text></questiontext></question>
</quiz>
"""


def quiz(*questions):
    return f"<quiz>\n{chr(10).join(questions)}\n</quiz>".encode()


def asked(kind_name, body, text="Who decides?", more=""):
    return (
        f'<question type="{kind_name}"><questiontext format="html"><text>{html.escape(text)}</text>{more}</questiontext>{body}</question>'
    )


def answer(text, fraction=0, more=""):
    return f'<answer fraction="{fraction}"><text>{text}</text>{more}</answer>'


TRUTH = answer("true", 100) + answer("false")


def question_of(*parts, **options):
    file = read(quiz(asked(*parts, **options)))
    assert file.problems == ()
    return file.questions[0]


def problems_of(data):
    return [(problem.row, problem.column, problem.message) for problem in read(data).problems]


def warnings_of(data):
    return [(warning.row, warning.column) for warning in read(data).warnings]


def the_same(questions):
    return [replace(question, row=0) for question in questions]


def by_kind():
    file = read(SAMPLE.encode())
    assert file.problems == ()
    return {question.kind: question for question in reversed(file.questions)}
