"""The floor: the smallest honest Django application that takes an answer and shows a team's weeks. What is measured is compared with it.

One session look-up, CSRF, SELECT question, INSERT answer and UPDATE state in a transaction, and a rendered page. It knows no
people, no teams' rights, no languages, no spacing and no figures: whatever the product costs above it is the price of these.
"""
